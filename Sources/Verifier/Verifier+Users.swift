public import OATH

extension Verifier {
  /// Removes a user with all devices and recovery codes.
  /// - Parameters:
  ///   - name: the user's.
  ///   - evenIfEnabled: without it, a user with an enabled device is left alone.
  ///   - now: for the audit rows.
  /// - Throws: ``VerifierError/noSuchUser(_:)``, ``VerifierError/userHasDevices(_:)``, and what prevents an answer.
  public func deleteUser(
    _ name: UserName, evenIfEnabled: Bool = false, at now: UnixTime
  ) async throws(VerifierError) -> User {
    try await transact(.user(name), at: now) { state, _ throws(VerifierError) in
      guard let user = state.user else { throw .noSuchUser(name) }
      guard evenIfEnabled || state.devices.allSatisfy({ !$0.isAssigned }) else { throw .userHasDevices(name) }
      for device in state.devices {
        state.events.append(AuditEvent(.deleteDevice, at: now, user: name, device: device.serial))
      }
      state.events.append(AuditEvent(.deleteUser, at: now, user: name))
      state.devices = []
      state.user = nil
      return user
    }
  }

  /// Changes settings of the rules.
  /// - Returns: what is in force then.
  /// - Throws: ``VerifierError/invalidRule(_:)``, and then none is changed; and what prevents an answer.
  public func updateRules(
    _ changes: [VerificationRules.Setting: Int64], at now: UnixTime
  ) async throws(VerifierError) -> VerificationRules {
    let words = changes.map { "\($0.key.rawValue)=\($0.value)" }.sorted().joined(separator: " ")
    let record = try record(AuditEvent(.updateRules, at: now, reason: words), keys: keys.current)
    return try await store.updateRules(changes, records: [record])
  }
}
