public import OATH

/// A person's session on the pages, as it is kept: among what is kept of the user. What the browser holds is its secret, of
/// which only the hash is here.
public struct PageSession: Sendable, Equatable {
  /// How far a person has come.
  public enum Stage: String, Sendable, CaseIterable {
    /// The password was right; a code is asked for.
    case code
    /// A new password is asked for.
    case newPassword = "new_password"
    /// Signed in.
    case signedIn = "signed_in"
  }

  /// Of 16 hexadecimal digits: what the session is called where it is listed. It opens nothing.
  public let id: String
  package let digest: [UInt8]
  /// How far its owner has come.
  public package(set) var stage: Stage
  /// Whether a second factor was shown.
  public package(set) var mfaPresent: Bool
  /// When the person began to sign in.
  public let createdAt: UnixTime
  /// When it was last used; kept to five minutes.
  public package(set) var seenAt: UnixTime
  /// The address that it began at.
  public let source: String?
  /// What the browser says that it is.
  public let agent: String

  package init(
    id: String, digest: [UInt8], stage: Stage, mfaPresent: Bool, createdAt: UnixTime, seenAt: UnixTime, source: String?,
    agent: String
  ) {
    self.id = id
    self.digest = digest
    self.stage = stage
    self.mfaPresent = mfaPresent
    self.createdAt = createdAt
    self.seenAt = seenAt
    self.source = source
    self.agent = agent
  }

  /// Seconds: how long a session lasts, how long without use, and how long there is for signing in.
  public static let lifetime: Int64 = 12 * 3600, idleTime: Int64 = 3600, signInTime: Int64 = 600
  /// At most so many of a user who is signed in, and as many on the way to it; the one that was used longest ago makes room.
  public static let limit = 20

  /// Whether it is good at a moment.
  public func isGood(at now: UnixTime) -> Bool {
    let age = now.seconds - createdAt.seconds
    guard stage == .signedIn else { return age < Self.signInTime }
    return age < Self.lifetime && now.seconds - seenAt.seconds < Self.idleTime
  }
}
