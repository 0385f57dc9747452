internal import OATH
internal import Synchronization

/// How often passwords may be tried: from an address, and for a name, whether anybody has it or not. Each replica counts for
/// itself; codes are counted in the store.
///
/// A try is counted before its password is looked at, so that many at once are many. What is remembered is bounded by what can
/// be tried in a window: each try costs a hash.
final class AttemptLimits: Sendable {
  /// What is counted.
  enum Subject: Hashable {
    case address(String)
    /// Signing in.
    case name(String)
    /// Changing the password while signed in: nobody else's tries are to keep its owner from that.
    case owner(String)

    /// The network that an address belongs to: whoever has one IPv6 address has 2⁶⁴ of them. nil for what many share.
    init?(source: String?) {
      guard let source, let bytes = AddressRange.bytes(of: source) else { return nil }
      if AddressRange.isLoopback(bytes) { return nil }
      self = .address((bytes.count == 4 ? bytes : Array(bytes.prefix(8))).hexadecimal)
    }

    fileprivate var limit: Int {
      switch self {
      case .address: 60
      case .name, .owner: 10
      }
    }
  }

  /// Seconds, before any moment, in which so many may be tried.
  private static let window: Int64 = 300

  /// When what counts was tried, in seconds; the oldest first.
  private struct State {
    var tries: [Subject: [Int64]] = [:]
    var sweptAt: Int64 = 0
  }

  private let state = Mutex(State())

  /// Counts a try.
  /// - Returns: seconds to wait; nil for one who may try.
  func admit(_ subjects: [Subject], at now: UnixTime) -> Int64? {
    state.withLock { state in
      // Of a clock that was set back, what lies ahead counts no more.
      let counting = now.seconds - Self.window + 1...now.seconds
      if !counting.contains(state.sweptAt) {
        state.tries = state.tries.filter { $0.value.contains(where: counting.contains) }
        state.sweptAt = now.seconds
      }
      for subject in subjects { state.tries[subject, default: []].removeAll { !counting.contains($0) } }
      let waits = subjects.compactMap { subject in
        state.tries[subject]?.dropLast(subject.limit - 1).last.map { $0 + Self.window - now.seconds }
      }
      if let longest = waits.max() { return longest }
      for subject in subjects { state.tries[subject, default: []].append(now.seconds) }
      return nil
    }
  }

  /// Takes back what was counted last: the password was right.
  func forgive(_ subjects: [Subject]) {
    state.withLock { state in
      for subject in subjects { _ = state.tries[subject]?.popLast() }
    }
  }
}
