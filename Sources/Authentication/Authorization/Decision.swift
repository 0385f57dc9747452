/// Whether a principal may perform an action.
public enum Decision: Sendable, Equatable {
  case allowed
  /// A rule forbids it, whatever other rules allow.
  case explicitlyDenied(Prohibition)
  /// No rule allows it.
  case implicitlyDenied

  /// Whether the action is allowed.
  public var isAllowed: Bool { self == .allowed }

  /// Why an action is forbidden.
  public enum Prohibition: Sendable, Equatable {
    /// It takes a session in which a second factor was shown.
    case needsMFA
    /// Root's second factor is out of reach of programs.
    case rootUser
    /// The token lacks this scope.
    case needsScope(String)
  }
}

/// The keys of AWS's request context that the rules look at.
public struct AuthorizationContext: Sendable {
  /// `aws:MultiFactorAuthPresent`: whether a second factor was shown in this session.
  public var mfaPresent: Bool

  /// - Parameter mfaPresent: whether a second factor was shown in this session.
  public init(mfaPresent: Bool) { self.mfaPresent = mfaPresent }
}
