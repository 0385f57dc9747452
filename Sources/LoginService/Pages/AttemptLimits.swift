internal import OATH
internal import Synchronization

/// How often passwords may be wrong: for an address, and for a name, whether anybody has it or not. Each replica counts for
/// itself; codes are counted in the store.
final class AttemptLimits: Sendable {
  /// What is counted.
  enum Subject: Hashable {
    case address(String)
    case name(String)

    fileprivate var limit: Int {
      switch self {
      case .address: 60
      case .name: 10
      }
    }
  }

  /// Seconds.
  private static let window: Int64 = 300
  /// Names may come from anybody: no more than so many are remembered.
  private static let maximumCount = 100_000

  private let state = Mutex<(window: Int64, counts: [Subject: Int])>((0, [:]))

  /// Seconds to wait; nil for one who may try.
  func wait(for subjects: [Subject], at now: UnixTime) -> Int64? {
    state.withLock { state in
      Self.turn(&state, to: now)
      let isOver = subjects.contains { state.counts[$0, default: 0] >= $0.limit }
      return isOver ? Self.window - now.seconds % Self.window : nil
    }
  }

  func countFailure(of subjects: [Subject], at now: UnixTime) {
    state.withLock { state in
      Self.turn(&state, to: now)
      for subject in subjects where state.counts.count < Self.maximumCount || state.counts[subject] != nil {
        state.counts[subject, default: 0] += 1
      }
    }
  }

  private static func turn(_ state: inout (window: Int64, counts: [Subject: Int]), to now: UnixTime) {
    let window = now.seconds / Self.window
    if window != state.window { state = (window, [:]) }
  }
}
