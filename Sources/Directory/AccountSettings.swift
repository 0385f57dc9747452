public import OATH
public import Verifier

/// What is the account's and no user's.
public struct AccountSettings: Sendable, Equatable {
  /// Twelve digits.
  public package(set) var id: AccountID
  /// At most one.
  public package(set) var alias: String?
  /// nil while none is set; ``PasswordPolicy/whereNoneIsSet`` holds then.
  public package(set) var passwordPolicy: PasswordPolicy?
  /// Bearer tokens of the REST interface, by name.
  public package(set) var tokens: [APIToken]
  /// Those that cannot be read, and are refused.
  public package(set) var unreadableTokens: [Unreadable]

  package init(
    id: AccountID, alias: String? = nil, passwordPolicy: PasswordPolicy? = nil, tokens: [APIToken] = [],
    unreadableTokens: [Unreadable] = []
  ) {
    self.id = id
    self.alias = alias
    self.passwordPolicy = passwordPolicy
    self.tokens = tokens
    self.unreadableTokens = unreadableTokens
  }

  /// The names that are taken.
  package var tokenNames: Set<String> { Set(tokens.map(\.name) + unreadableTokens.compactMap(\.name)) }
}

/// A bearer token, as it is kept: what it hashes to.
public struct APIToken: Sendable, Equatable {
  /// What a token may be used for.
  public enum Scope: String, Sendable, CaseIterable {
    /// Verifying codes.
    case verify
    /// Creating, enabling and listing the devices of a user.
    case enroll
    /// Everything.
    case admin
  }

  /// Unique.
  public let name: String
  /// What it may be used for.
  public let scopes: Set<Scope>
  /// When it was made.
  public let createdAt: UnixTime
  /// SHA-256 of the token.
  package let digest: [UInt8]

  package init(name: String, scopes: Set<Scope>, createdAt: UnixTime, digest: [UInt8]) {
    self.name = name
    self.scopes = scopes
    self.createdAt = createdAt
    self.digest = digest
  }

  /// Whether it may do what wants this scope.
  public func allows(_ scope: Scope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }
}

/// The credential report as it was generated last.
public struct CredentialReport: Sendable, Equatable {
  /// CSV.
  public let content: String
  /// When.
  public let generatedAt: UnixTime

  package init(content: String, generatedAt: UnixTime) {
    self.content = content
    self.generatedAt = generatedAt
  }
}

/// How many there are.
public struct DirectoryCounts: Sendable, Equatable {
  /// Root is not among them.
  public var users = 0
  /// All devices.
  public var devices = 0
  /// Those that are assigned.
  public var devicesInUse = 0
  /// Users who have such a device; root is not among them.
  public var usersWithMFA = 0
  /// Active access keys of users.
  public var accessKeys = 0
  /// Active access keys of users that are older than 90 days, and should be replaced.
  public var oldAccessKeys = 0

  package init() {}
}
