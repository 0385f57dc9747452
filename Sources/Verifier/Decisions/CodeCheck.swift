internal import OATH
internal import OpenSSLCrypto

/// The decision on one code: a function of the state, the code, and the time. See RFC 6238 §5.2 and §6, RFC 4226 §7.3.
enum CodeCheck {
  /// Tries `code` against every active device of the user, or the one that is meant, and changes `state` by what follows
  /// from it.
  /// - Throws: what prevents an answer; then nothing may be kept of `state`.
  static func decide(
    _ state: inout UnitState, code: OneTimeCode, user name: UserName, on serial: Serial? = nil, at now: UnixTime,
    keys: KeySet
  ) throws(VerifierError) -> Verdict {
    guard let user = state.user else { throw .noSuchUser(name) }
    let verdict = try verdict(&state, code, user, on: serial, at: now, keys: keys)
    state.record(verdict, to: .verifyCode, of: name, at: now)
    return verdict
  }

  private static func verdict(
    _ state: inout UnitState, _ code: OneTimeCode, _ user: User, on serial: Serial?, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> Verdict {
    let assigned = state.devices.lazy.filter { $0.isAssigned && (serial == nil || $0.serial == serial) }
    guard !assigned.isEmpty else { return .rejected(.noDevice) }
    let takesScratchCodes = serial == nil && user.recovery?.holdScratchCodes ?? false
    let isScratchCode = takesScratchCodes && code.length == .eight
    guard isScratchCode || assigned.contains(where: { $0.parameters.digits == code.length }) else {
      let lengths = Set(assigned.map(\.parameters.digits)).union(takesScratchCodes ? [.eight] : [])
      throw .wrongCodeLength(expected: lengths.sorted { $0.rawValue < $1.rawValue })
    }
    if let lock = user.lockInForce(at: now, policy: state.policy) {
      return .rejected(.locked(retryAfter: lock.retryAfter))
    }
    guard assigned.contains(where: { $0.status == .active }) else { return .rejected(.noDevice) }

    var (accepted, wasSpent) = try tryDevices(of: &state, on: serial, code, at: now, keys: keys)
    if let accepted {
      state.user?.clearThrottle()
      state.devices[accepted.index].recordUse(
        of: accepted.step, at: now, driftLimit: state.policy[.driftLimit])
      return .accepted(device: state.devices[accepted.index].serial, step: accepted.step)
    }
    if isScratchCode {
      let digits = Array(code.digits.utf8)
      let scratch = try RecoveryCode(scratch: digits.span)
      switch try state.user?.recovery?.spend(scratch, of: user.name, keys: keys) ?? .none {
      case .fresh:
        state.user?.clearThrottle()
        return .accepted(.recoveryCode(remaining: state.user?.recovery?.remaining ?? 0))
      case .spent: wasSpent = true
      case .none: break
      }
    }
    return state.refuse(wasSpent ? .reused : .wrongCode, at: now)
  }

  /// Tries every active device, whatever the ones before it said, and spends the code on each that it fits; only the
  /// first of them counts as used.
  private static func tryDevices(
    of state: inout UnitState, on serial: Serial?, _ code: OneTimeCode, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> (accepted: (index: Int, step: Int64)?, wasSpent: Bool) {
    var accepted: (index: Int, step: Int64)?, wasSpent = false
    for index in state.devices.indices where state.devices[index].status == .active {
      guard serial == nil || state.devices[index].serial == serial else { continue }
      let match = try highestMatches(of: code, on: state.devices[index], policy: state.policy, at: now, keys: keys)
      wasSpent = wasSpent || match.spent
      guard let step = match.fresh else { continue }
      if accepted == nil { accepted = (index, step) }
      state.devices[index].lastStep = step
    }
    return (accepted, wasSpent)
  }

  /// The highest step within reach that has this code and is above the watermark, and whether one at or below the
  /// watermark has it. Every candidate is computed and compared in constant time, without an early end.
  private static func highestMatches(
    of code: OneTimeCode, on device: Device, policy: Policy, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> (fresh: Int64?, spent: Bool) {
    var totp = try device.totp(keys: keys)
    let watermark = device.lastStep ?? Int64.min
    var fresh: Int64?, spent = false
    for step in candidates(for: device, policy: policy, at: now) {
      guard try totp.matches(code, step: step) else { continue }
      if step > watermark { fresh = step } else { spent = true }
    }
    return (fresh, spent)
  }

  /// Steps within the window of the present and of where the device is expected, ascending. Two centres, so that a phone
  /// whose clock was put right is not locked out. A counter has no present: what is looked at lies on both sides of the
  /// watermark, ahead for codes that were shown and not used (RFC 4226 §7.4), and behind to tell those that were.
  private static func candidates(for device: Device, policy: Policy, at now: UnixTime) -> [Int64] {
    if device.movingFactor == .counter {
      let next = (device.lastStep ?? -1) + 1, ahead = policy[.lookAhead]
      return Array((next - 1 - ahead...next + ahead).clamped(to: Device.steps))
    }
    let window = policy[.window], present = device.parameters.step(at: now)
    let expected = device.expectedStep(at: present)
    let near = present - window...present + window
    guard expected != present else { return Array(near) }
    let learned = (expected - window...expected + window).filter { !near.contains($0) }
    return expected < present ? learned + Array(near) : Array(near) + learned
  }
}

extension Device {
  /// The generator of the device's codes.
  func totp(keys: KeySet) throws(VerifierError) -> TOTP {
    let seed = try keys.openSeed(of: self)
    do throws(OATHError) { return try TOTP(secret: seed, parameters: parameters) } catch { throw .oath(error) }
  }

  fileprivate mutating func recordUse(of step: Int64, at now: UnixTime, driftLimit: Int64) {
    if movingFactor == .time { learn(accepted: step, at: parameters.step(at: now), driftLimit: driftLimit) }
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
  /// Counts a failure, locks as the policy has it, and says why the door stays shut.
  mutating func refuse(_ rejection: Rejection, at now: UnixTime) -> Verdict {
    guard let before = user else { return .rejected(rejection) }
    user?.countFailure(at: now, policy: policy)
    guard let lock = user?.lock, lock != before.lock, lock != .none else { return .rejected(rejection) }
    if lock == .untilUnlocked { disableActiveDevices() }
    events.append(AuditEvent(.lockUser, at: now, reason: lock.word(at: now), user: before.name))
    return .rejected(rejection)
  }

  /// Adds the row that tells of a verdict, before any that follows from it.
  mutating func record(_ verdict: Verdict, to name: AuditEvent.Name, of user: UserName, at now: UnixTime) {
    let event: AuditEvent =
      switch verdict {
      case .accepted(.code(let device, _)): AuditEvent(name, at: now, .accepted, user: user, device: device)
      case .accepted(.recoveryCode(let left)):
        AuditEvent(.verifyRecoveryCode, at: now, .accepted, reason: "\(left) left", user: user)
      case .rejected(let rejection): AuditEvent(name, at: now, .rejected, reason: rejection.word, user: user)
      }
    events.insert(event, at: 0)
  }

  private mutating func disableActiveDevices() {
    for index in devices.indices where devices[index].status == .active { devices[index].status = .disabled }
  }
}

extension User.Lock {
  /// For an audit row.
  fileprivate func word(at now: UnixTime) -> String {
    if case .until(let end) = self { "for \(end.seconds - now.seconds) s" } else { "until unlocked" }
  }
}
