package import Logging
package import OATH
internal import Synchronization
package import Verifier

/// Watches wrong codes across all users: one guess at each of a million users locks nobody, and is an attack all the same.
package final class GuessBudget: Sendable {
  private let limit: Int
  private let logger: Logger
  /// Wrong codes in the minute that has begun and the one before it.
  private let state = Mutex<(minute: Int64, current: Int, previous: Int, isExceeded: Bool)>((0, 0, 0, false))

  /// - Parameter limit: wrong codes in a minute; 0 for no limit.
  package init(limit: Int, logger: Logger) {
    self.limit = limit
    self.logger = logger
  }

  /// Whether the wrong codes of the last minute are more than there should be.
  package func isExceeded(at now: UnixTime) -> Bool {
    state.withLock { state in
      Self.turn(&state, to: now)
      return limit > 0 && Self.rate(state, at: now) > limit
    }
  }

  package func count(_ verdict: Verdict, at now: UnixTime) {
    guard limit > 0, case .rejected(let rejection) = verdict, rejection == .wrongCode || rejection == .reused else {
      return
    }
    let change: Bool? = state.withLock { state in
      Self.turn(&state, to: now)
      state.current += 1
      let isExceeded = Self.rate(state, at: now) > limit
      defer { state.isExceeded = isExceeded }
      return isExceeded == state.isExceeded ? nil : isExceeded
    }
    guard let change else { return }
    if change {
      logger.warning("more than \(limit) wrong codes in a minute, across all users: somebody may be guessing")
    } else {
      logger.notice("wrong codes are within the budget again")
    }
  }

  private static func turn(
    _ state: inout (minute: Int64, current: Int, previous: Int, isExceeded: Bool), to now: UnixTime
  ) {
    let minute = now.seconds / 60
    guard minute != state.minute else { return }
    state.previous = minute == state.minute + 1 ? state.current : 0
    (state.minute, state.current) = (minute, 0)
  }

  /// The present minute, and of the one before it the part that is less than a minute ago.
  private static func rate(_ state: (minute: Int64, current: Int, previous: Int, isExceeded: Bool), at now: UnixTime)
    -> Int
  {
    state.current + state.previous * Int(60 - now.seconds % 60) / 60
  }
}
