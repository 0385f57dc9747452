public import OATH
public import OpenSSLCrypto

/// A device as another program, or another database, had it.
public struct ForeignDevice: Sendable {
  /// Whose it is; made if missing.
  public var user: UserName
  /// nil: as in ``DeviceRequest/name``.
  public var name: DeviceName?
  /// As in ``DeviceRequest/path``.
  public var path = "/"
  /// As the authenticator shows it.
  public var issuer: String
  /// Whether time or a counter moves its codes on.
  public var movingFactor: Device.MovingFactor
  /// Algorithm, digits and period.
  public var parameters: TOTPParameters
  /// The highest step, or counter, that was accepted there; it and all before it stay spent.
  public var lastStep: Int64?
  /// Steps that it was found to be ahead.
  public var drift: Int64
  /// Whether its codes were verified there; else it waits for two codes of it.
  public var isEnabled: Bool
  /// Recovery codes of eight digits that were left, one after the other without anything between.
  public var scratchCodes: SharedSecret?
  /// The key.
  public var seed: SharedSecret

  /// A device that is enabled and has no history, unless told otherwise.
  public init(
    user: UserName, name: DeviceName? = nil, issuer: String, movingFactor: Device.MovingFactor = .time,
    parameters: TOTPParameters, lastStep: Int64? = nil, drift: Int64 = 0, isEnabled: Bool = true,
    scratchCodes: SharedSecret? = nil, seed: SharedSecret
  ) {
    self.user = user
    self.name = name
    self.issuer = issuer
    self.movingFactor = movingFactor
    self.parameters = parameters
    self.lastStep = lastStep
    self.drift = drift
    self.isEnabled = isEnabled
    self.scratchCodes = scratchCodes
    self.seed = seed
  }
}

/// What became of a device that was to be imported.
public enum ImportVerdict: Sendable, Equatable {
  /// It is there now.
  case added(Device)
  /// The user had a device with this seed, and these parameters or another moving factor.
  case duplicate(Device)
}

extension Verifier {
  /// Drift of an imported device is taken up to so many steps, which is as far as the rules let a resync and learning go:
  /// more than that is no drift but another clock.
  public static let importableDrift: ClosedRange<Int64> = {
    let reach =
      VerificationRules.Setting.resyncReach.range.upperBound + VerificationRules.Setting.driftLimit.range.upperBound
    return -reach...reach
  }()

  /// Takes in a device with its history. Importing it twice changes nothing.
  /// - Parameters:
  ///   - foreign: the device.
  ///   - allowingShortSeeds: takes seeds of fewer than 16 bytes too (RFC 4226 §4 R6 forbids them).
  ///   - now: when it is made here.
  /// - Throws: ``VerifierError/seedLength(byteCount:)``, ``VerifierError/serialTaken(_:)`` where a name is given and
  ///   another device has it, and what prevents an answer.
  public func importDevice(
    _ foreign: ForeignDevice, allowingShortSeeds: Bool = false, at now: UnixTime
  ) async throws(VerifierError) -> ImportVerdict {
    try foreign.check(allowingShortSeeds: allowingShortSeeds, at: now)
    if let name = foreign.name { return try await take(foreign, name: name, at: now) }
    return try await numbering(try DeviceName.derived(from: foreign.user)) { name throws(VerifierError) in
      try await take(foreign, name: name, at: now)
    }
  }

  private func take(
    _ foreign: ForeignDevice, name: DeviceName, at now: UnixTime
  ) async throws(VerifierError) -> ImportVerdict {
    try await transact(.user(foreign.user), at: now) { state, keys throws(VerifierError) in
      for index in state.devices.indices where try foreign.isSame(as: state.devices[index], keys: keys) {
        // The steps of another moving factor say nothing of this device's.
        let isComparable = state.devices[index].movingFactor == foreign.movingFactor
        return .duplicate(state.raiseWatermark(of: index, to: isComparable ? foreign.lastStep : nil, at: now))
      }
      if state.user == nil { state.addUser(foreign.user, at: now) }
      let serial = try Serial(account: state.account, path: foreign.path, name: name)
      let seed = try keys.seedKey.seal(foreign.seed.bytes, serial: serial, user: foreign.user)
      let device = Device(
        id: DeviceID(), serial: serial, user: foreign.user, issuer: foreign.issuer, movingFactor: foreign.movingFactor,
        parameters: foreign.parameters, seed: seed, status: foreign.isEnabled ? .active : .unassigned,
        lastStep: foreign.lastStep, syncDrift: foreign.drift, drift: foreign.drift, createdAt: now,
        enabledAt: foreign.isEnabled ? now : nil)
      state.devices.append(device)
      state.events.append(AuditEvent(.importDevice, at: now, user: foreign.user, device: serial))
      try state.addScratchCodes(foreign.scratchCodes, of: foreign.user, at: now, keys: keys)
      return .added(device)
    }
  }
}

extension ForeignDevice {
  /// A history that no device can have would lock its user out, or worse.
  func check(allowingShortSeeds: Bool, at now: UnixTime) throws(VerifierError) {
    let counts = Verifier.seedByteCounts, count = seed.bytes.count
    guard (allowingShortSeeds ? 1 : counts.lowerBound)...counts.upperBound ~= count else {
      throw .seedLength(byteCount: count)
    }
    try DeviceRequest.check(issuer: issuer)
    guard Verifier.importableDrift.contains(drift) else { throw .unusableHistory("its drift is out of range") }
    guard let lastStep else { return }
    let isTooLate = { lastStep - parameters.step(at: now) > Verifier.importableDrift.upperBound }
    guard Device.steps.contains(lastStep), movingFactor == .counter || !isTooLate() else {
      throw .unusableHistory("its last step or counter is out of range")
    }
  }

  /// Whether it has the seed of `device`, and would share codes with it: a device that moves by time does with one that counts,
  /// and the short codes of a seed are the ends of its long ones.
  func isSame(as device: Device, keys: KeySet) throws(VerifierError) -> Bool {
    guard sharesCodes(with: device.movingFactor, device.parameters) else { return false }
    let other = try keys.openSeed(of: device)
    return seed.bytes.withBytes { a in other.withBytes { b in ConstantTime.equal(a, b) } }
  }

  /// Whether codes of one seed are the same, or ends of each other, for these parameters and its own.
  func sharesCodes(with factor: Device.MovingFactor, _ other: TOTPParameters) -> Bool {
    guard factor == movingFactor else { return true }
    return other.algorithm == parameters.algorithm && (factor == .counter || other.period == parameters.period)
  }
}

extension UnitState {
  /// What was spent elsewhere since the last import is spent here too; a watermark never goes back.
  fileprivate mutating func raiseWatermark(of index: Int, to step: Int64?, at now: UnixTime) -> Device {
    let device = devices[index]
    guard let step, step > device.lastStep ?? -1 else { return device }
    devices[index].lastStep = step
    events.append(
      AuditEvent(.importDevice, at: now, reason: "watermark raised", user: device.user, device: device.serial))
    return devices[index]
  }

  /// Adds another program's codes to those that are there, under the key that these are under.
  fileprivate mutating func addScratchCodes(
    _ codes: SharedSecret?, of name: UserName, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) {
    guard let codes, codes.bytes.count >= 8 else { return }
    var digests = user?.recovery ?? RecoveryDigests(keyID: keys.integrityKey.id)
    guard let key = keys.integrityKey(digests.keyID) else { throw .unknownKey(digests.keyID) }
    for start in stride(from: 0, to: codes.bytes.count - 7, by: 8) {
      let code = try codes.bytes.withBytes { (bytes) throws(VerifierError) in
        try RecoveryCode(scratch: bytes.extracting(start..<start + 8))
      }
      try digests.add(code, of: name, under: key)
    }
    user?.recovery = digests
    events.append(AuditEvent(.importRecoveryCodes, at: now, reason: "\(codes.bytes.count / 8)", user: name))
  }
}
