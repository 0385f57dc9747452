public import OATH
public import Verifier

/// What an account holds of a user beside their throttle and devices: IAM's path, tags, password and access keys. A user
/// who came by another way than IAM has an empty one.
public struct UserRecord: Sendable, Equatable {
  /// `AIDA…`; nil until something needs one that is kept. See ``IAMUser/userID``.
  public package(set) var userID: String?
  /// `/`, or `/DIVISION/TEAM/`.
  public package(set) var path = "/"
  /// Whether they may do all that root may.
  public package(set) var isAdministrator = false
  /// The user's own tags.
  public package(set) var tags: [Tag] = []
  /// The password; nil for a user who cannot sign in on pages.
  public package(set) var login: LoginProfile?
  /// At most two.
  public package(set) var accessKeys: [AccessKey] = []
  /// Whether they are let in no further than to assigning a device while they have none.
  public package(set) var requiresMFA = false
  /// Sessions on the pages.
  public package(set) var sessions: [PageSession] = []
  /// Tags of devices, by serial.
  public package(set) var deviceTags: [String: [Tag]] = [:]

  package init() {}
}

/// A label on a user or a device.
public struct Tag: Sendable, Equatable {
  /// 1 to 128 characters; unique on its object.
  public let key: String
  /// 0 to 256 characters.
  public let value: String

  /// Lengths and characters are checked at the door.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }

  /// At most so many on one object.
  public static let limit = 50
}

/// A user's password, as it is kept.
public struct LoginProfile: Sendable, Equatable {
  /// A PHC string; see ``PasswordHash``.
  package var hash: String
  /// When the profile was made.
  public package(set) var createdAt: UnixTime
  /// When the password was last changed.
  public package(set) var changedAt: UnixTime
  /// Whether the next sign-in has to change it.
  public package(set) var mustChange: Bool
  /// When it last opened a door.
  public package(set) var lastUsedAt: UnixTime?
  /// PHC strings of the passwords before it, newest first.
  package var previous: [String]

  package init(
    hash: String, createdAt: UnixTime, changedAt: UnixTime, mustChange: Bool, lastUsedAt: UnixTime? = nil,
    previous: [String] = []
  ) {
    self.hash = hash
    self.createdAt = createdAt
    self.changedAt = changedAt
    self.mustChange = mustChange
    self.lastUsedAt = lastUsedAt
    self.previous = previous
  }
}

/// An access key. Its secret is sealed and not hashed: a signature can only be checked by making it again.
public struct AccessKey: Sendable, Equatable {
  /// `AKIA` and 16 digits of base32.
  public let id: String
  package var secret: SealedSecret
  /// Whether it signs.
  public package(set) var isActive: Bool
  /// When it was made.
  public let createdAt: UnixTime
  /// Its last signature; kept to the quarter of an hour.
  public package(set) var lastUse: Use?

  /// A use of a key.
  public struct Use: Sendable, Equatable {
    /// When.
    public let time: UnixTime
    /// `iam` or `sts`.
    public let service: String
    /// As the signature's scope names it.
    public let region: String

    package init(time: UnixTime, service: String, region: String) {
      self.time = time
      self.service = service
      self.region = region
    }
  }

  package init(id: String, secret: SealedSecret, isActive: Bool, createdAt: UnixTime, lastUse: Use? = nil) {
    self.id = id
    self.secret = secret
    self.isActive = isActive
    self.createdAt = createdAt
    self.lastUse = lastUse
  }

  /// At most so many for a user.
  public static let limit = 2
  /// Seconds after which one should be replaced.
  package static let goodAge: Int64 = 90 * 86_400

  /// Whether it should be replaced.
  public func isOld(at now: UnixTime) -> Bool { now.seconds - createdAt.seconds > Self.goodAge }
}

/// A user with all that is kept of them.
public struct IAMUser: Sendable, Equatable {
  /// Whose account id their ARNs carry.
  public let accountID: AccountID
  /// Name and throttle.
  public let user: User
  /// Oldest first.
  public let devices: [Device]
  /// Path, password, keys.
  public let record: UserRecord

  package init(accountID: AccountID, user: User, devices: [Device], record: UserRecord) {
    self.accountID = accountID
    self.user = user
    self.devices = devices
    self.record = record
  }

  /// At most so many enabled devices for a user: AWS's quota.
  public static let deviceLimit = 8

  /// Whether this is the root user.
  public var isRoot: Bool { user.name == .root }
  /// `AIDA…`; the account id for root.
  public var userID: String {
    if isRoot { accountID.text } else { record.userID ?? Identifiers.userID(of: user, in: accountID) }
  }
  /// `arn:aws:iam::ACCOUNT:user/PATH/NAME`.
  public var arn: String {
    isRoot
      ? "arn:aws:iam::\(accountID.text):root" : "arn:aws:iam::\(accountID.text):user\(record.path)\(user.name.text)"
  }
  /// Whether codes are asked of them.
  public var hasMFADevice: Bool { devices.contains { $0.isAssigned } }
}
