public import OATH

extension Verifier {
  /// Gives a user new recovery codes; those from before are void. To be called only for a person who has just passed
  /// MFA, or by an administrator: the codes stand in for it.
  /// - Returns: the codes, which are shown once and cannot be had again.
  /// - Throws: ``VerifierError/noSuchUser(_:)``, ``VerifierError/noActiveDevice(_:)`` for a user who has no MFA that
  ///   the codes could stand in for, and what prevents an answer.
  public func createRecoveryCodes(for user: UserName, at now: UnixTime) async throws(VerifierError) -> [String] {
    try await transact(.user(user), at: now) { state, keys throws(VerifierError) in
      guard state.user != nil else { throw .noSuchUser(user) }
      guard state.devices.contains(where: { $0.isAssigned }) else { throw .noActiveDevice(user) }
      var digests = RecoveryDigests(keyID: keys.integrityKey.id), shown: [String] = []
      for _ in 0..<RecoveryCode.count {
        let code = try RecoveryCode.random()
        try digests.add(code, of: user, under: keys.integrityKey)
        shown.append(code.shown)
      }
      state.user?.recovery = digests
      state.events.append(AuditEvent(.createRecoveryCodes, at: now, user: user))
      return shown
    }
  }

  /// Checks a recovery code of a user, and spends it if it is right.
  /// - Parameters:
  ///   - code: as it was typed.
  ///   - user: whose it is.
  ///   - requestID: as ``verify(_:of:on:requestID:at:)`` has it.
  ///   - now: the verifier's clock.
  /// - Throws: ``VerifierError/noSuchUser(_:)``, and what prevents an answer.
  public func verify(
    _ code: consuming RecoveryCode, of user: UserName, requestID: String? = nil, at now: UnixTime
  ) async throws(VerifierError) -> Verdict {
    let code = SharedRecoveryCode(code)
    return try await attempt(by: user, requestID, with: { code.code.shown }, at: now) {
      state, keys throws(VerifierError) in
      try RecoveryCheck.decide(&state, code: code.code, user: user, at: now, keys: keys)
    }.verdict
  }
}

/// A code that the tries of one transaction share.
final class SharedRecoveryCode: Sendable {
  let code: RecoveryCode
  init(_ code: consuming RecoveryCode) { self.code = code }
}
