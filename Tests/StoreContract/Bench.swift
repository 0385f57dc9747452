package import OATH
import OpenSSLCrypto
package import Verifier

/// A verifier on a store, with devices whose seeds the test knows.
package struct Bench: Sendable {
  package let store: any DeviceStore
  package let verifier: Verifier
  /// Ten days into 2026, in the middle of a step.
  package static let now = UnixTime.epoch.advanced(by: 1_768_000_005)
  package static let seed: [UInt8] = Array("12345678901234567890".utf8)
  package static let masterKey: [UInt8] = Array(repeating: 7, count: 32)

  package init(
    store: any DeviceStore, warn: @escaping @Sendable (Verifier.Warning) -> Void = { _ in }
  ) async throws {
    self.store = store
    verifier = Verifier(store: store, keys: try await KeyRing(opening: store, with: Self.master()), warn: warn)
  }

  package init(store: any DeviceStore, verifier: Verifier) {
    self.store = store
    self.verifier = verifier
  }

  package static func master(_ bytes: [UInt8] = masterKey) throws -> SharedMasterKey {
    SharedMasterKey(try MasterKey(SecretBytes(copying: bytes.span)))
  }

  /// The step that holds `time` in a device of the standard period.
  package static func step(at time: UnixTime = now) -> Int64 { TOTPParameters.standard.step(at: time) }

  package static func code(
    _ step: Int64, seed: [UInt8] = seed, parameters: TOTPParameters = .standard
  ) throws -> OneTimeCode {
    var totp = try TOTP(secret: SecretBytes(copying: seed.span), parameters: parameters)
    guard let code = try totp.code(step: step) else { throw VerifierError.corruptRecord("the test's step") }
    return code
  }

  /// The codes of `step - 1` and `step`.
  package static func pair(
    _ step: Int64, seed: [UInt8] = seed, parameters: TOTPParameters = .standard
  ) throws -> CodePair {
    CodePair(
      try code(step - 1, seed: seed, parameters: parameters), try code(step, seed: seed, parameters: parameters))
  }

  /// A code that none of the steps around `step` has.
  package static func wrongCode(near step: Int64 = step(), seed: [UInt8] = seed) throws -> OneTimeCode {
    let near = try (step - 40...step + 40).map { try code($0, seed: seed) }
    for number in 0..<1000 {
      let candidate = try OneTimeCode(parsing: String(number + 100_000))
      if !near.contains(candidate) { return candidate }
    }
    throw VerifierError.corruptRecord("the test's luck")
  }

  package func created(
    for user: String = "alice", name: String? = nil, seed: [UInt8] = seed, parameters: TOTPParameters = .standard,
    at time: UnixTime = now
  ) async throws -> DeviceReference {
    let request = DeviceRequest(
      user: try UserName(user), name: try name.map { try DeviceName($0) }, issuer: "vmfa", parameters: parameters)
    let created = try await verifier.createDevice(request, seed: SecretBytes(copying: seed.span), at: time)
    return .id(created.device.id)
  }

  /// A device that was enabled ten steps before `time`, so that everything from there on is fresh.
  package func enrolled(
    for user: String = "alice", name: String? = nil, seed: [UInt8] = seed, parameters: TOTPParameters = .standard,
    at time: UnixTime = now
  ) async throws -> DeviceReference {
    let before = time.advanced(by: -10 * parameters.period)
    let device = try await created(for: user, name: name, seed: seed, parameters: parameters, at: before)
    let pair = try Self.pair(parameters.step(at: before), seed: seed, parameters: parameters)
    guard case .accepted = try await verifier.enable(device, with: pair, at: before) else {
      throw VerifierError.corruptRecord("the test's device")
    }
    return device
  }

  package func verify(
    _ code: OneTimeCode, of user: String = "alice", at time: UnixTime = now
  ) async throws -> Verdict {
    try await verifier.verify(code, of: UserName(user), at: time)
  }

  package func verify(step: Int64, of user: String = "alice", at time: UnixTime = now) async throws -> Verdict {
    try await verify(Self.code(step), of: user, at: time)
  }

  /// Changes a device behind the verifier's back.
  package func edit(
    _ device: DeviceReference, _ change: @escaping @Sendable (inout Device) -> Void
  ) async throws {
    try await store.transaction(.owner(of: device)) { state throws(VerifierError) in
      let index = try state.index(of: device)
      change(&state.devices[index])
    }
  }

  package func user(_ name: String = "alice") async throws -> User { try await verifier.user(UserName(name)).user }
  package func device(_ reference: DeviceReference) async throws -> Device { try await verifier.device(reference) }
}

extension SyncVerdict {
  /// Whether it is an acceptance at this step with this drift, of whatever device.
  package func isAccepted(step: Int64, drift: Int64) -> Bool {
    if case .accepted(_, step, drift) = self { true } else { false }
  }
}
