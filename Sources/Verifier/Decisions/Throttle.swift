public import OATH

// Rule 5 of a verification: locks that double with every failure, bounded, and an administrator at the end.
// The counter is the user's, so neither a second device nor a second door multiplies the guesses.
extension User {
  /// A lock in force.
  public struct LockInForce: Sendable, Equatable {
    /// Seconds left; nil until an administrator unlocks.
    public let retryAfter: Int64?

    package init(retryAfter: Int64?) { self.retryAfter = retryAfter }
  }

  /// Slack for clocks that are put right by a little.
  static let clockTolerance: Int64 = 60

  /// The lock that keeps the user out at `now`, if one does.
  ///
  /// A lock that was made in what is now the future means that the clock was set back since. It is void then: the
  /// counter stands, and the next failure locks again, so that a clock put right keeps no one out for hours.
  public func lockInForce(at now: UnixTime, rules: VerificationRules) -> LockInForce? {
    guard rules[.throttle] == 1 else { return nil }
    switch lock {
    case .none: return nil
    case .untilUnlocked: return LockInForce(retryAfter: nil)
    case .until(let end):
      let isSetBack = lastFailureAt.map { $0.seconds - now.seconds > Self.clockTolerance } ?? false
      let left = end.seconds - now.seconds
      return left > 0 && !isSetBack ? LockInForce(retryAfter: left) : nil
    }
  }

  /// Counts a failed verification and locks as the rules say.
  mutating func countFailure(at now: UnixTime, rules: VerificationRules) {
    failures += 1
    lastFailureAt = now
    guard rules[.throttle] == 1 else { return }
    if failures >= rules[.disableAfter] {
      lock = .untilUnlocked
    } else if failures >= rules[.lockAfter] {
      lock = .until(now.advanced(by: Self.lockDuration(failures: Int64(failures), rules: rules)))
    }
  }

  /// Forgets the failures: a code was accepted, or an administrator unlocked.
  mutating func clearThrottle() {
    failures = 0
    lock = .none
  }

  /// Seconds: the base, doubled with every failure after the first that locks, up to the maximum.
  private static func lockDuration(failures: Int64, rules: VerificationRules) -> Int64 {
    let doublings = min(failures - rules[.lockAfter], 32)
    return min(rules[.lockBase] << doublings, rules[.lockMaximum])
  }
}
