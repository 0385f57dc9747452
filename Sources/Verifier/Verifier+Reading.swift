extension Verifier {
  /// A device, whatever its status.
  /// - Throws: ``VerifierError/noSuchDevice(_:)``, and what prevents an answer.
  public func device(_ reference: DeviceReference) async throws(VerifierError) -> Device {
    let state = try await store.state(of: .owner(of: reference))
    return state.devices[try state.index(of: reference)]
  }

  /// A user and their devices.
  /// - Throws: ``VerifierError/noSuchUser(_:)``, and what prevents an answer.
  public func user(_ name: UserName) async throws(VerifierError) -> (user: User, devices: [Device]) {
    let state = try await store.state(of: .user(name))
    guard let user = state.user else { throw .noSuchUser(name) }
    return (user, state.devices)
  }
}
