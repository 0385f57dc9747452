internal import OATH

/// The decision on a recovery code: good once, for its own user, under the same throttle as any other code.
enum RecoveryCheck {
  static func decide(
    _ state: inout UnitState, code: borrowing RecoveryCode, user name: UserName, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> Verdict {
    guard let user = state.user else { throw .noSuchUser(name) }
    let verdict = try verdict(&state, code, user, at: now, keys: keys)
    state.record(verdict, to: .verifyRecoveryCode, of: name, at: now)
    return verdict
  }

  private static func verdict(
    _ state: inout UnitState, _ code: borrowing RecoveryCode, _ user: User, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> Verdict {
    // Recovery codes stand in for a device, and go with the last one.
    guard state.devices.contains(where: \.isAssigned) else { return .rejected(.noDevice) }
    if let lock = user.lockInForce(at: now, rules: state.rules) {
      return .rejected(.locked(retryAfter: lock.retryAfter))
    }
    switch try state.user?.recovery?.spend(code, of: user.name, keys: keys) ?? .none {
    case .fresh:
      state.user?.clearThrottle()
      return .accepted(.recoveryCode(remaining: state.user?.recovery?.remaining ?? 0))
    case .spent: return state.refuse(.reused, at: now)
    case .none: return state.refuse(.wrongCode, at: now)
    }
  }
}
