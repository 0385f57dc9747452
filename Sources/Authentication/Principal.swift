public import Directory

/// The party that acts, as its credentials prove.
public enum Principal: Sendable {
  /// The root user of the account.
  case root(IAMUser)
  /// An IAM user.
  case user(IAMUser)
  /// A program with a bearer token of the REST interface.
  case token(APIToken)

  /// The principal that a user is.
  public init(_ user: IAMUser) { self = user.isRoot ? .root(user) : .user(user) }

  /// The user who acts; nil for a program.
  public var iamUser: IAMUser? {
    switch self {
    case .root(let user), .user(let user): user
    case .token: nil
    }
  }

  /// How audit rows and refusals name the principal: an ARN, or `token:NAME`.
  public var name: String {
    switch self {
    case .root(let user), .user(let user): user.arn
    case .token(let token): "token:\(token.name)"
    }
  }
}
