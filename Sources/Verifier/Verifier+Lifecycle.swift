public import OATH
public import OpenSSLCrypto

/// What a new device is to be.
public struct DeviceRequest: Sendable {
  /// For whom; made if missing.
  public var user: UserName
  /// nil: the user's name if a device can have it, else a made-up one; numbered where it is taken.
  public var name: DeviceName?
  /// As the authenticator shows it.
  public var issuer: String
  /// Algorithm, digits and period.
  public var parameters: TOTPParameters
  /// What comes before the name in the serial: `/`, or `/DIVISION/TEAM/`.
  public var path = "/"
  /// What the authenticator shows beside the issuer; nil: the user's name.
  public var label: String?
  /// At most so many devices of the user that are not enabled; nil: any number.
  public var unassignedLimit: Int?

  /// Issuer of at most 64 characters.
  public init(user: UserName, name: DeviceName? = nil, issuer: String, parameters: TOTPParameters = .standard) {
    self.user = user
    self.name = name
    self.issuer = issuer
    self.parameters = parameters
  }
}

extension DeviceRequest {
  /// An issuer of at most 64 characters that an app can show.
  package static func check(issuer: String) throws(VerifierError) {
    guard issuer.unicodeScalars.count <= 64 else {
      throw .malformedName("an issuer has at most 64 characters, not \(issuer.unicodeScalars.count)")
    }
    // What holds for the characters of a user's name holds for the issuer's: an app shows both.
    do throws(VerifierError) { _ = try UserName(issuer) } catch {
      throw .malformedName("the issuer is empty, has a space at an end, or holds what cannot be printed")
    }
  }
}

extension Verifier {
  /// Lengths of a seed, in bytes: RFC 4226 §4 R6 asks for 128 bits at least and recommends 160.
  public static let seedByteCounts = 16...64

  /// Keeps a seed as a new, unassigned device, meant for the user.
  /// - Returns: the device, and whether its user was made with it.
  /// - Throws: ``VerifierError/serialTaken(_:)`` where a device has the name that was asked for,
  ///   ``VerifierError/seedLength(byteCount:)``, and what prevents an answer.
  public func createDevice(
    _ request: DeviceRequest, seed: consuming SecretBytes, at now: UnixTime
  ) async throws(VerifierError) -> (device: Device, madeUser: Bool) {
    guard Self.seedByteCounts.contains(seed.count) else { throw .seedLength(byteCount: seed.count) }
    try DeviceRequest.check(issuer: request.issuer)
    let seed = SharedSecret(seed)
    if let name = request.name { return try await insert(request, name: name, seed: seed, at: now) }
    return try await numbering(try DeviceName.derived(from: request.user)) { name throws(VerifierError) in
      try await insert(request, name: name, seed: seed, at: now)
    }
  }

  /// Tries a name, and numbers it for as long as it is another device's: that is found out by the store, whose word is the
  /// only one without a race.
  func numbering<R>(
    _ base: DeviceName, _ insert: (DeviceName) async throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    var number = 1
    while true {
      do throws(VerifierError) { return try await insert(base.numbered(number)) } catch .serialTaken { number += 1 }
    }
  }

  private func insert(
    _ request: DeviceRequest, name: DeviceName, seed: SharedSecret, at now: UnixTime
  ) async throws(VerifierError) -> (device: Device, madeUser: Bool) {
    try await transact(.user(request.user), at: now) { state, keys throws(VerifierError) in
      if let limit = request.unassignedLimit, state.devices.count(where: { !$0.isAssigned }) >= limit {
        throw .tooManyDevices(limit: limit)
      }
      let serial = try Serial(account: state.account, path: request.path, name: name)
      let device = Device(
        id: DeviceID(), serial: serial, user: request.user, issuer: request.issuer, parameters: request.parameters,
        seed: try keys.seedKey.seal(seed.bytes, serial: serial, user: request.user), createdAt: now)
      let madeUser = state.user == nil
      if madeUser { state.addUser(request.user, at: now) }
      state.devices.append(device)
      state.events.append(AuditEvent(.createDevice, at: now, user: request.user, device: serial))
      return (device, madeUser)
    }
  }

  /// Takes back the creation of a device that was not enabled, and of its user if they were made for it and nothing
  /// has happened to them since.
  /// - Throws: ``VerifierError/stillEnabled(_:)``, ``VerifierError/noSuchDevice(_:)``, and what prevents an answer.
  public func withdraw(
    _ device: DeviceReference, andUser madeUser: Bool, at now: UnixTime
  ) async throws(VerifierError) {
    try await transact(.owner(of: device), at: now) { state, _ throws(VerifierError) in
      let index = try state.index(of: device)
      guard !state.devices[index].isAssigned else { throw .stillEnabled(state.devices[index].serial) }
      let found = state.devices.remove(at: index)
      state.events.append(
        AuditEvent(.deleteDevice, at: now, reason: "enrolment given up", user: found.user, device: found.serial))
      guard madeUser, state.devices.isEmpty, state.user?.failures == 0 else { return }
      state.user = nil
      state.events.append(AuditEvent(.deleteUser, at: now, reason: "enrolment given up", user: found.user))
    }
  }

  /// Takes a device from its user: its codes open nothing until it is enabled again.
  /// - Parameters:
  ///   - device: by id or serial.
  ///   - user: whose it has to be; nil for whosever it is.
  ///   - now: for the audit row.
  /// - Throws: ``VerifierError/notEnabled(_:)``, ``VerifierError/noSuchDevice(_:)``,
  ///   ``VerifierError/notDevice(_:of:)``, and what prevents an answer.
  public func deactivate(
    _ device: DeviceReference, of user: UserName? = nil, at now: UnixTime
  ) async throws(VerifierError) -> Device {
    try await change(device, of: user, as: .deactivateDevice, at: now) { state, index throws(VerifierError) in
      guard state.devices[index].isAssigned else { throw .notEnabled(state.devices[index].serial) }
      state.devices[index].status = .unassigned
      state.devices[index].enabledAt = nil
      state.voidRecoveryCodesWithoutDevice()
    }
  }

  /// Removes a device and its seed for good.
  /// - Parameters:
  ///   - device: by id or serial.
  ///   - evenIfEnabled: without it, an enabled device is left alone.
  ///   - now: for the audit row.
  /// - Throws: ``VerifierError/stillEnabled(_:)``, ``VerifierError/noSuchDevice(_:)``, and what prevents an answer.
  public func delete(
    _ device: DeviceReference, evenIfEnabled: Bool = false, at now: UnixTime
  ) async throws(VerifierError) -> Device {
    try await transact(.owner(of: device), at: now) { state, _ throws(VerifierError) in
      let index = try state.index(of: device)
      let found = state.devices[index]
      guard evenIfEnabled || !found.isAssigned else { throw .stillEnabled(found.serial) }
      state.devices.remove(at: index)
      state.voidRecoveryCodesWithoutDevice()
      state.events.append(AuditEvent(.deleteDevice, at: now, user: found.user, device: found.serial))
      return found
    }
  }

  /// Clears the throttle of a device's user, and the sync budget of the device.
  public func unlock(_ device: DeviceReference, at now: UnixTime) async throws(VerifierError) -> Device {
    try await change(device, as: .unlockUser, at: now) { state, index throws(VerifierError) in
      state.unlockUser()
      state.devices[index].syncFailures = 0
    }
  }

  /// Clears the throttle of a user, and the sync budgets of their devices.
  public func unlock(_ user: UserName, at now: UnixTime) async throws(VerifierError) -> User {
    try await transact(.user(user), at: now) { state, _ throws(VerifierError) in
      state.unlockUser()
      for index in state.devices.indices { state.devices[index].syncFailures = 0 }
      guard let unlocked = state.user else { throw .noSuchUser(user) }
      state.events.append(AuditEvent(.unlockUser, at: now, user: user))
      return unlocked
    }
  }

  private func change(
    _ device: DeviceReference, of user: UserName? = nil, as name: AuditEvent.Name, at now: UnixTime,
    _ body: @escaping @Sendable (inout UnitState, Int) throws(VerifierError) -> Void
  ) async throws(VerifierError) -> Device {
    try await transact(.owner(of: device), at: now) { state, _ throws(VerifierError) in
      let index = try state.index(of: device, of: user)
      try body(&state, index)
      let changed = state.devices[index]
      state.events.append(AuditEvent(name, at: now, user: changed.user, device: changed.serial))
      return changed
    }
  }
}

extension DeviceName {
  /// The user's name where a device can have it, with room for a number; else a made-up one.
  static func derived(from user: UserName) throws(VerifierError) -> DeviceName {
    if let name = try? DeviceName(user.text) { return name }
    return try DeviceName("mfa-\(DeviceID().text.prefix(8))")
  }
}

extension UnitState {
  package mutating func addUser(_ name: UserName, at now: UnixTime) {
    user = User(name: name, createdAt: now)
    events.append(AuditEvent(.createUser, at: now, user: name))
  }

  /// Recovery codes stand in for a device: those of a user who has none any more are void, and not good again with the
  /// next one.
  fileprivate mutating func voidRecoveryCodesWithoutDevice() {
    if devices.allSatisfy({ !$0.isAssigned }) { user?.recovery = nil }
  }

  fileprivate mutating func unlockUser() {
    user?.clearThrottle()
    for index in devices.indices where devices[index].status == .disabled { devices[index].status = .active }
  }
}
