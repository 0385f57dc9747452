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
      guard !state.devices[index].isAssigned else { throw .alreadyEnabled(state.devices[index].serial) }
      return try state.enable(deviceAt: index, with: pair, at: now, keys: keys)
    }
  }

  /// Who enables a device for a user.
  public enum Enroller: Sendable {
    /// May take any device that is not enabled, for anybody.
    case administrator
    /// The user: a device of their own, or one of `pool`'s, whose devices are for anybody. Without `mayAdd` only the
    /// first one.
    case user(pool: UserName, mayAdd: Bool)
  }

  /// Enables an unassigned device for a user, whoever it was meant for when it was made.
  /// - Parameters:
  ///   - device: by id or serial.
  ///   - user: whose it is to be.
  ///   - limit: as many enabled devices as a user may have.
  ///   - enroller: who asks.
  ///   - pair: two codes in the order in which the device showed them.
  ///   - now: the verifier's clock.
  /// - Throws: in this order ``VerifierError/noSuchUser(_:)``, ``VerifierError/noSuchDevice(_:)``,
  ///   ``VerifierError/alreadyEnabled(_:)``, ``VerifierError/notDevice(_:of:)``, ``VerifierError/needsMFA(_:)``,
  ///   ``VerifierError/tooManyDevices(limit:)``; and what prevents an answer.
  public func enable(
    _ device: DeviceReference, for user: UserName, limit: Int, by enroller: Enroller = .administrator,
    with pair: CodePair, at now: UnixTime
  ) async throws(VerifierError) -> SyncVerdict {
    try await transact(.enrolment(of: device, to: user), at: now) { state, keys throws(VerifierError) in
      guard state.user != nil else { throw .noSuchUser(user) }
      let index = try state.index(of: device), found = state.devices[index]
      guard !found.isAssigned else { throw .alreadyEnabled(found.serial) }
      let enabled = state.devices.count { $0.user == user && $0.isAssigned }
      if case .user(let pool, let mayAdd) = enroller {
        guard found.user == user || found.user == pool else { throw .notDevice(found.serial, of: user) }
        guard mayAdd || enabled == 0 else { throw .needsMFA(user) }
      }
      guard enabled < limit else { throw .tooManyDevices(limit: limit) }
      let verdict = try state.enable(deviceAt: index, with: pair, at: now, keys: keys)
      guard found.user != user else { return verdict }
      switch verdict {
      case .accepted:
        // The seal binds a seed to its user.
        let seed = try keys.openSeed(of: found)
        state.devices[index].user = user
        state.devices[index].seed = try keys.seedKey.seal(seed, serial: found.serial, user: user)
      case .refused:
        // A device that is for anybody is not to be used up by anybody: the guess is the guesser's.
        guard case .user = enroller else { break }
        state.devices[index].syncFailures = found.syncFailures
        _ = state.refuse(.wrongCode, at: now)
      case .locked, .budgetSpent: break
      }
      return verdict
    }
  }

  /// Sets the place in time of an enabled device again, by two consecutive codes.
  /// - Parameters:
  ///   - device: by id or serial.
  ///   - pair: two codes in the order in which the device showed them.
  ///   - user: whose it has to be; nil for whosever it is.
  ///   - authority: who asks.
  ///   - resettingWatermark: an administrator may lower the watermark, when it was carried ahead by a wrong clock. Codes
  ///     of the steps between are then good once more.
  ///   - now: the verifier's clock.
  /// - Throws: ``VerifierError/notEnabled(_:)``, ``VerifierError/noSuchDevice(_:)``, and what prevents an answer.
  public func resync(
    _ device: DeviceReference, of user: UserName? = nil, with pair: CodePair, by authority: Authority,
    resettingWatermark: Bool = false, at now: UnixTime
  ) async throws(VerifierError) -> SyncVerdict {
    try await transact(.owner(of: device), at: now) { state, keys throws(VerifierError) in
      let index = try state.index(of: device, of: user)
      guard state.devices[index].isAssigned else { throw .notEnabled(state.devices[index].serial) }
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

extension UnitState {
  /// Enables a device that is not.
  fileprivate mutating func enable(
    deviceAt index: Int, with pair: CodePair, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> SyncVerdict {
    let terms = PairSync.Terms(name: .enableDevice, reach: policy[.enableReach], resetsWatermark: false)
    let verdict = try PairSync.decide(&self, deviceAt: index, pair: pair, terms: terms, at: now, keys: keys)
    if case .accepted = verdict {
      devices[index].status = .active
      devices[index].enabledAt = now
    }
    return verdict
  }
}
