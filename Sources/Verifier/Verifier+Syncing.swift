public import OATH

/// What an enrolment may do. Who may do that much is decided by whoever calls the verifier.
public struct EnrolmentLimits: Sendable {
  /// The users whose unassigned devices may be taken; nil for anybody's.
  public var owners: Set<UserName>?
  /// Whether the user may have an enabled device already.
  public var allowsFurtherDevice: Bool
  /// The most enabled devices that a user may have.
  public var deviceLimit: Int

  public init(owners: Set<UserName>?, allowsFurtherDevice: Bool, deviceLimit: Int) {
    self.owners = owners
    self.allowsFurtherDevice = allowsFurtherDevice
    self.deviceLimit = deviceLimit
  }

  /// Any device, for anybody.
  public static func administrative(deviceLimit: Int = .max) -> EnrolmentLimits {
    EnrolmentLimits(owners: nil, allowsFurtherDevice: true, deviceLimit: deviceLimit)
  }

  /// A user's own enrolment.
  /// - Parameters:
  ///   - user: who enables one of their own devices, or one of `pool`'s.
  ///   - pool: the user whose unassigned devices are for anybody.
  ///   - allowsFurtherDevice: whether the user may have an enabled device already.
  ///   - deviceLimit: the most enabled devices that a user may have.
  public static func selfService(
    of user: UserName, pool: UserName, allowsFurtherDevice: Bool, deviceLimit: Int
  ) -> EnrolmentLimits {
    EnrolmentLimits(owners: [user, pool], allowsFurtherDevice: allowsFurtherDevice, deviceLimit: deviceLimit)
  }
}

/// What a resync may do.
public struct ResyncLimits: Sendable {
  /// The rule that says how far the pair may lie from the present.
  let reach: VerificationRules.Setting
  /// Whether the watermark may be lowered.
  let mayLowerWatermark: Bool

  /// A user's own resync of their own device.
  public static let selfService = ResyncLimits(reach: .selfResyncReach, mayLowerWatermark: false)
  /// An administrator's.
  public static let administrative = ResyncLimits(reach: .resyncReach, mayLowerWatermark: true)
}

extension Verifier {
  /// Enables an unassigned device by two consecutive codes, for its user or for another one.
  /// - Parameters:
  ///   - device: by id or serial.
  ///   - user: whose it becomes; nil for the user it was made for.
  ///   - limits: what the caller may do.
  ///   - pair: two codes in the order in which the device showed them.
  ///   - now: the verifier's clock.
  /// - Throws: in this order ``VerifierError/noSuchUser(_:)``, ``VerifierError/noSuchDevice(_:)``,
  ///   ``VerifierError/alreadyEnabled(_:)``, ``VerifierError/notDevice(_:of:)``, ``VerifierError/needsMFA(_:)``,
  ///   ``VerifierError/tooManyDevices(limit:)``; and what prevents an answer.
  public func enable(
    _ device: DeviceReference, for user: UserName? = nil, within limits: EnrolmentLimits = .administrative(),
    with pair: CodePair, at now: UnixTime
  ) async throws(VerifierError) -> SyncVerdict {
    let unit = user.map { TransactionUnit.enrolment(of: device, to: $0) } ?? .owner(of: device)
    return try await transact(unit, at: now) { state, keys throws(VerifierError) in
      if let user, state.user == nil { throw .noSuchUser(user) }
      let index = try state.index(of: device), found = state.devices[index], user = user ?? found.user
      guard !found.isAssigned else { throw .alreadyEnabled(found.serial) }
      guard limits.owners?.contains(found.user) ?? true else { throw .notDevice(found.serial, of: user) }
      let enabled = state.devices.count { $0.user == user && $0.isAssigned }
      guard limits.allowsFurtherDevice || enabled == 0 else { throw .needsMFA(user) }
      guard enabled < limits.deviceLimit else { throw .tooManyDevices(limit: limits.deviceLimit) }
      let verdict = try state.enable(deviceAt: index, with: pair, at: now, keys: keys)
      guard found.user != user else { return verdict }
      switch verdict {
      case .accepted:
        // The seal binds a seed to its user.
        let seed = try keys.openSeed(of: found)
        state.devices[index].user = user
        state.devices[index].seed = try keys.seedKey.seal(seed, serial: found.serial, user: user)
      case .refused:
        // Nobody may use up a device that waits for anybody: the failure counts for whoever guessed.
        guard limits.owners != nil else { break }
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
  ///   - limits: what the caller may do.
  ///   - resettingWatermark: lowers the watermark that a wrong clock carried ahead, where `limits` let it be lowered. Codes
  ///     of the steps between are then good once more.
  ///   - now: the verifier's clock.
  /// - Throws: ``VerifierError/notEnabled(_:)``, ``VerifierError/noSuchDevice(_:)``, and what prevents an answer.
  public func resync(
    _ device: DeviceReference, of user: UserName? = nil, with pair: CodePair, within limits: ResyncLimits,
    resettingWatermark: Bool = false, at now: UnixTime
  ) async throws(VerifierError) -> SyncVerdict {
    try await transact(.owner(of: device), at: now) { state, keys throws(VerifierError) in
      let index = try state.index(of: device, of: user)
      guard state.devices[index].isAssigned else { throw .notEnabled(state.devices[index].serial) }
      let terms = PairSync.Terms(
        name: .resyncDevice, reach: state.rules[limits.reach],
        resetsWatermark: resettingWatermark && limits.mayLowerWatermark)
      return try PairSync.decide(&state, deviceAt: index, pair: pair, terms: terms, at: now, keys: keys)
    }
  }
}

extension UnitState {
  /// Enables a device that is not.
  fileprivate mutating func enable(
    deviceAt index: Int, with pair: CodePair, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> SyncVerdict {
    let terms = PairSync.Terms(name: .enableDevice, reach: rules[.enableReach], resetsWatermark: false)
    let verdict = try PairSync.decide(&self, deviceAt: index, pair: pair, terms: terms, at: now, keys: keys)
    if case .accepted = verdict {
      devices[index].status = .active
      devices[index].enabledAt = now
    }
    return verdict
  }
}
