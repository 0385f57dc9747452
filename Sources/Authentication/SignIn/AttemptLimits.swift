internal import Directory
public import OATH
internal import Synchronization
public import Verifier

/// How often passwords may be tried: from an address, and for a name, whether anybody has it or not. Each replica counts for
/// itself; codes are counted in the store.
///
/// A try is counted before its password is looked at, so that many at once are many. What is remembered is bounded by what can
/// be tried in a window: each try costs a hash.
public final class AttemptLimits: Sendable {
  /// What is counted.
  public enum Subject: Hashable, Sendable {
    /// Signing in, from a network of addresses.
    case network(String)
    /// Signing in.
    case name(String)
    /// Changing the password while signed in: nobody else's tries are to keep its owner from that.
    case owner(String)

    /// Signing in as the user that `typed` spells, however it is spelt; what is no name of a user counts as it stands.
    public init(name: UserName?, typed: String) {
      self = .name((name?.text ?? String(String.UnicodeScalarView(typed.unicodeScalars.prefix(128)))).lowercased())
    }

    fileprivate var limit: Int {
      switch self {
      case .network: 60
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
    var latest: Int64 = 0

    /// A request may be older than one that came before it; a clock that was set back is further behind.
    mutating func moment(_ now: Int64) -> Int64 {
      latest = (now...now + AttemptLimits.window).contains(latest) ? latest : now
      return latest
    }
  }

  private let state = Mutex(State())

  public init() {}

  /// Counts a try.
  /// - Returns: seconds to wait; nil for one who may try.
  public func admit(_ subjects: [Subject], at now: UnixTime) -> Int64? {
    state.withLock { state in
      let now = state.moment(now.seconds), counting = now - Self.window + 1...now
      if !counting.contains(state.sweptAt) {
        state.tries = state.tries.filter { $0.value.contains(where: counting.contains) }
        state.sweptAt = now
      }
      // What a refused try is about is not remembered: it costs no hash.
      let waits = subjects.compactMap { subject in
        state.tries[subject]?.filter(counting.contains).dropLast(subject.limit - 1).last.map { $0 + Self.window - now }
      }
      if let longest = waits.max() { return longest }
      for subject in subjects { state.tries[subject] = (state.tries[subject] ?? []).filter(counting.contains) + [now] }
      return nil
    }
  }

  /// Runs the work of tries that were counted, and takes them back where it ends before any password is compared.
  public func forgivingIfBusy<R, E: Error>(_ subjects: [Subject], _ body: () async throws(E) -> R) async throws(E) -> R
  {
    do throws(E) { return try await body() } catch {
      if error as? DirectoryError == .busy { forgive(subjects) }
      throw error
    }
  }

  /// Takes back what was counted last: the password was right.
  public func forgive(_ subjects: [Subject]) {
    state.withLock { state in
      for subject in subjects { _ = state.tries[subject]?.popLast() }
    }
  }

  /// How many subjects are remembered.
  package var count: Int { state.withLock { $0.tries.count } }
}
