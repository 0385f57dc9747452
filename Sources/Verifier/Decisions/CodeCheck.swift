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
    if let lock = user.lockInForce(at: now, rules: state.rules) {
      return .rejected(.locked(retryAfter: lock.retryAfter))
    }
    guard assigned.contains(where: { $0.status == .active }) else { return .rejected(.noDevice) }

    var (accepted, wasSpent) = try tryDevices(of: &state, on: serial, code, at: now, keys: keys)
    if let accepted {
      state.user?.clearThrottle()
      state.devices[accepted.index].recordUse(
        of: accepted.step, at: now, driftLimit: state.rules[.driftLimit])
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

  /// Tries every active device that is meant, whatever the ones before it said. The first that the code fits takes it, and it
  /// is spent on all others of the user that it fits.
  private static func tryDevices(
    of state: inout UnitState, on serial: Serial?, _ code: OneTimeCode, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> (accepted: (index: Int, step: Int64)?, wasSpent: Bool) {
    var accepted: (index: Int, step: Int64)?, wasSpent = false
    for index in state.devices.indices where state.devices[index].status == .active {
      let device = state.devices[index]
      guard serial == nil || device.serial == serial else { continue }
      let match = try device.matches(
        of: code, among: device.candidates(rules: state.rules, at: now), keys: keys)
      wasSpent = wasSpent || match.spent
      if accepted == nil, let step = match.fresh { accepted = (index, step) }
    }
    guard let (index, step) = accepted else { return (nil, wasSpent) }
    guard try state.spendElsewhere([(code, step)], takenByDeviceAt: index, at: now, keys: keys) else {
      return (nil, true)
    }
    state.devices[index].lastStep = step
    return (accepted, wasSpent)
  }
}

extension UnitState {
  /// Counts a failure, locks as the rules say, and says why the door stays shut.
  mutating func refuse(_ rejection: Rejection, at now: UnixTime) -> Verdict {
    guard let before = user else { return .rejected(rejection) }
    user?.countFailure(at: now, rules: rules)
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
