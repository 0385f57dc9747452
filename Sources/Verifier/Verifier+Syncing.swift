public import OATH

extension Verifier {
  /// Who asks for a resync; it decides how far the pair may lie from the present.
  public enum Authority: Sendable {
    /// The user, signed in, for a device of their own.
    case user
    /// An administrator.
    case administrator
  }

  /// Enables an unassigned device for its user, by two consecutive codes.
  /// - Throws: ``VerifierError/alreadyEnabled(_:)``, ``VerifierError/noSuchDevice(_:)``, and what prevents an answer.
  public func enable(
    _ device: DeviceReference, with pair: CodePair, at now: UnixTime
  ) async throws(VerifierError) -> SyncVerdict {
    try await transact(.owner(of: device), at: now) { state, keys throws(VerifierError) in
      let index = try state.index(of: device)
      guard state.devices[index].status == .unassigned else {
        throw .alreadyEnabled(state.devices[index].serial)
      }
      let terms = PairSync.Terms(
        name: .enableDevice, reach: state.policy[.enableReach], resetsWatermark: false)
      let verdict = try PairSync.decide(&state, deviceAt: index, pair: pair, terms: terms, at: now, keys: keys)
      if case .accepted = verdict {
        state.devices[index].status = .active
        state.devices[index].enabledAt = now
      }
      return verdict
    }
  }

  /// Sets the place in time of an enabled device again, by two consecutive codes.
  /// - Parameters:
  ///   - device: by id or serial.
  ///   - pair: two codes in the order in which the device showed them.
  ///   - authority: who asks.
  ///   - resettingWatermark: an administrator may lower the watermark, when it was carried ahead by a wrong clock. Codes
  ///     of the steps between are then good once more.
  ///   - now: the verifier's clock.
  /// - Throws: ``VerifierError/notEnabled(_:)``, ``VerifierError/noSuchDevice(_:)``, and what prevents an answer.
  public func resync(
    _ device: DeviceReference, with pair: CodePair, by authority: Authority, resettingWatermark: Bool = false,
    at now: UnixTime
  ) async throws(VerifierError) -> SyncVerdict {
    try await transact(.owner(of: device), at: now) { state, keys throws(VerifierError) in
      let index = try state.index(of: device)
      guard state.devices[index].status != .unassigned else { throw .notEnabled(state.devices[index].serial) }
      let terms =
        switch authority {
        case .user:
          PairSync.Terms(name: .resyncDevice, reach: state.policy[.selfResyncReach], resetsWatermark: false)
        case .administrator:
          PairSync.Terms(
            name: .resyncDevice, reach: state.policy[.resyncReach], resetsWatermark: resettingWatermark)
        }
      return try PairSync.decide(&state, deviceAt: index, pair: pair, terms: terms, at: now, keys: keys)
    }
  }
}
