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

  /// Seconds.
  private static let window: Int64 = 300

  private let state = Mutex<(window: Int64, counts: [Subject: Int])>((0, [:]))

  /// Counts a try.
  /// - Returns: seconds to wait; nil for one who may try.
  func admit(_ subjects: [Subject], at now: UnixTime) -> Int64? {
    state.withLock { state in
      let window = now.seconds / Self.window
      if window != state.window { state = (window, [:]) }
      if subjects.contains(where: { state.counts[$0, default: 0] >= $0.limit }) {
        return Self.window - now.seconds % Self.window
      }
      for subject in subjects { state.counts[subject, default: 0] += 1 }
      return nil
    }
  }

  /// Takes back what was counted: the password was right.
  func forgive(_ subjects: [Subject]) {
    state.withLock { state in
      for subject in subjects where state.counts[subject, default: 0] > 0 { state.counts[subject, default: 0] -= 1 }
    }
  }
}
