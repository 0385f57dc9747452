internal import OATH
internal import OpenSSLCrypto

/// The decision on one code: a function of the state, the code, and the time. See RFC 6238 §5.2 and §6, RFC 4226 §7.3.
enum CodeCheck {
  /// Tries `code` against every active device of the user, and changes `state` by what follows from it.
  /// - Throws: what prevents an answer; then nothing may be kept of `state`.
  static func decide(
    _ state: inout UnitState, code: OneTimeCode, user name: UserName, at now: UnixTime, keys: KeyRing
  ) throws(VerifierError) -> Verdict {
    guard let user = state.user else { throw .noSuchUser(name) }
    let assigned = state.devices.filter { $0.status != .unassigned }
    guard !assigned.isEmpty else { return .rejected(.noDevice) }
    let lengths = Set(assigned.map(\.parameters.digits)).sorted { $0.rawValue < $1.rawValue }
    guard lengths.contains(code.length) else { throw .wrongCodeLength(expected: lengths) }
    if let lock = user.lockInForce(at: now, policy: state.policy) {
      return .rejected(.locked(retryAfter: lock.retryAfter))
    }
    guard assigned.contains(where: { $0.status == .active }) else { return .rejected(.noDevice) }

    var accepted: (index: Int, step: Int64)?, wasSpent = false
    for index in state.devices.indices where state.devices[index].status == .active {
      let device = state.devices[index]
      let match = try highestMatches(of: code, on: device, window: state.policy[.window], at: now, keys: keys)
      wasSpent = wasSpent || match.spent
      guard let step = match.fresh else { continue }
      // Spent on every device that it fits, though only the first of them counts as used.
      if accepted == nil { accepted = (index, step) }
      state.devices[index].lastStep = step
    }
    guard let accepted else {
      state.user?.countFailure(at: now, policy: state.policy)
      if state.user?.lock == .untilUnlocked { state.disableActiveDevices() }
      return .rejected(wasSpent ? .reused : .wrongCode)
    }
    state.user?.clearThrottle()
    state.devices[accepted.index].recordUse(
      of: accepted.step, at: now, driftLimit: state.policy[.driftLimit])
    return .accepted(device: state.devices[accepted.index].serial, step: accepted.step)
  }

  /// The highest step within the window that has this code and is above the watermark, and whether one at or below the
  /// watermark has it. Every candidate is computed and compared in constant time, without an early end.
  private static func highestMatches(
    of code: OneTimeCode, on device: Device, window: Int64, at now: UnixTime, keys: KeyRing
  ) throws(VerifierError) -> (fresh: Int64?, spent: Bool) {
    var totp = try device.totp(keys: keys)
    let watermark = device.lastStep ?? Int64.min
    var fresh: Int64?, spent = false
    for step in candidates(for: device, window: window, at: now) {
      guard try totp.matches(code, step: step) else { continue }
      if step > watermark { fresh = step } else { spent = true }
    }
    return (fresh, spent)
  }

  /// Steps within `window` of the present and of where the device is expected, ascending. Two centres, so that a phone
  /// whose clock was put right is not locked out.
  private static func candidates(for device: Device, window: Int64, at now: UnixTime) -> [Int64] {
    let present = device.parameters.step(at: now)
    let expected = device.expectedStep(at: present)
    let near = Set(present - window...present + window), learned = Set(expected - window...expected + window)
    return near.union(learned).sorted()
  }
}

extension Device {
  /// The generator of the device's codes.
  func totp(keys: KeyRing) throws(VerifierError) -> TOTP {
    let seed = try keys.openSeed(of: self)
    do throws(OATHError) { return try TOTP(secret: seed, parameters: parameters) } catch { throw .oath(error) }
  }

  fileprivate mutating func recordUse(of step: Int64, at now: UnixTime, driftLimit: Int64) {
    learn(accepted: step, at: parameters.step(at: now), driftLimit: driftLimit)
    lastUsedAt = now
  }
}

extension TOTP {
  /// Whether `code` is the one of `step`; no code is that of a step before t0.
  mutating func matches(_ code: OneTimeCode, step: Int64) throws(VerifierError) -> Bool {
    do throws(OATHError) { return try self.code(step: step) == code } catch { throw .oath(error) }
  }
}

extension UnitState {
  fileprivate mutating func disableActiveDevices() {
    for index in devices.indices where devices[index].status == .active { devices[index].status = .disabled }
  }
}
