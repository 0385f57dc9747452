public import OATH

/// A user and their throttle: one counter, whatever door a guess came through and whatever device it was for.
public struct User: Sendable, Equatable {
  /// What keeps a user out.
  public enum Lock: Sendable, Equatable {
    /// Nothing.
    case none
    /// Time.
    case until(UnixTime)
    /// An administrator must unlock (NIST SP 800-63B §5.2.2).
    case untilUnlocked
  }

  /// In NFC.
  public let name: UserName
  /// When the first device was created for them.
  public let createdAt: UnixTime
  /// Failed verifications in a row.
  public package(set) var failures: Int
  /// Whether they are kept out.
  public package(set) var lock: Lock
  /// The last of the failures.
  public package(set) var lastFailureAt: UnixTime?
  /// Their recovery codes; nil where there never were any.
  public package(set) var recovery: RecoveryDigests?
  /// Answers that may be asked for again.
  package var answers: KeptAnswers

  package init(
    name: UserName, createdAt: UnixTime, failures: Int = 0, lock: Lock = .none, lastFailureAt: UnixTime? = nil,
    recovery: RecoveryDigests? = nil, answers: KeptAnswers = KeptAnswers()
  ) {
    self.name = name
    self.createdAt = createdAt
    self.failures = failures
    self.lock = lock
    self.lastFailureAt = lastFailureAt
    self.recovery = recovery
    self.answers = answers
  }

  /// The newest moment that the record speaks of.
  var newestRecord: UnixTime { max(createdAt, lastFailureAt ?? createdAt) }
}
