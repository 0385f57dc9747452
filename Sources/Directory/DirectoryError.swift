public import Verifier

/// Why something about an account was not done.
public enum DirectoryError: Error, Equatable, Sendable {
  /// There is no such user.
  case noSuchUser(String)
  /// There is one already, perhaps in other case.
  case userExists(String)
  /// The user still has something; IAM's word for what.
  case userHas(Possession)
  /// The user has no password.
  case noLoginProfile(String)
  /// The user has one.
  case loginProfileExists(String)
  /// Not a key of this user.
  case noSuchAccessKey(String)
  /// More than there may be; AWS's name of the quota.
  case quota(name: String, limit: Int)
  /// The password is not what the policy asks for.
  case passwordPolicy(String)
  /// The old password is wrong.
  case wrongPassword
  /// The policy does not let users change their own.
  case mayNotChangePassword
  /// No policy is set.
  case noPasswordPolicy
  /// The account has no such alias.
  case noSuchAlias(String)
  /// A token of that name is there, or is not.
  case tokenExists(String)
  /// There is no such token.
  case noSuchToken(String)
  /// The account has a root access key, or devices under another account id.
  case alreadyInitialised(String)
  /// What a session was to follow from is gone: it was ended, or the password changed.
  case sessionOver
  /// Too many passwords wait to be hashed, or the caller has gone. Nothing was compared or changed; a second later there
  /// may be room.
  case busy
  /// What the verifier has to say.
  case verifier(VerifierError)

  /// What keeps a user from being deleted.
  public enum Possession: Sendable {
    /// Access keys, a password, enabled devices.
    case accessKeys, loginProfile, devices
  }
}

extension DirectoryError: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .noSuchUser(let name): "there is no user \(name)"
    case .userExists(let name): "there is a user \(name) already"
    case .userHas(.accessKeys): "the user still has access keys"
    case .userHas(.loginProfile): "the user still has a password"
    case .userHas(.devices): "the user still has an enabled device"
    case .noLoginProfile(let name): "the user \(name) has no password"
    case .loginProfileExists(let name): "the user \(name) has a password already"
    case .noSuchAccessKey(let id): "there is no access key \(id)"
    case .quota(let name, let limit): "the quota \(name) is \(limit)"
    case .passwordPolicy(let objection): "the password does not meet the policy: \(objection)"
    case .wrongPassword: "the old password is wrong"
    case .mayNotChangePassword: "the password policy lets only administrators change passwords"
    case .noPasswordPolicy: "no password policy is set"
    case .noSuchAlias(let alias): "the account has no alias \(alias)"
    case .tokenExists(let name): "there is a token \(name) already"
    case .noSuchToken(let name): "there is no token \(name)"
    case .alreadyInitialised(let reason): reason
    case .sessionOver: "the session is over"
    case .busy: "too many passwords are being checked at the moment"
    case .verifier(let error): error.description
    }
  }
}
