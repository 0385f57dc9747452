internal import Accounts
internal import HTTPTypes
internal import Verifier

/// An error of the query API: AWS's code, status and words.
struct QueryError: Error, Sendable, Equatable {
  let status: HTTPResponse.Status
  let code: String
  /// nil where AWS sends none.
  let message: String?
  /// Whether the audit trail tells of it already, in the words of what was tried.
  var isRecorded = false

  init(_ status: HTTPResponse.Status, _ code: String, _ message: String?) {
    self.status = status
    self.code = code
    self.message = message
  }
}

extension QueryError {
  static let unavailable = QueryError(
    .serviceUnavailable, "ServiceUnavailable", "The service cannot answer at the moment; nothing was accepted.")
  static let missingToken = QueryError(
    .forbidden, "MissingAuthenticationToken", "Request is missing Authentication Token")
  static let invalidToken = QueryError(
    .forbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
  static let expiredToken = QueryError(
    .forbidden, "ExpiredToken", "The security token included in the request is expired")
  static let wrongSignature = QueryError(
    .forbidden, "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
      + "signing method. Consult the service documentation for details.")
  static let needsUserName = QueryError(
    .badRequest, "ValidationError", "Must specify userName when calling with non-User credentials")
  static let invalidMarker = QueryError(.badRequest, "ValidationError", "Invalid Marker.")

  static func signature(_ message: String) -> QueryError { QueryError(.forbidden, "SignatureDoesNotMatch", message) }
  static func incomplete(_ message: String) -> QueryError { QueryError(.badRequest, "IncompleteSignature", message) }
  static func malformed(_ message: String) -> QueryError { QueryError(.badRequest, "MalformedInput", message) }
  static func noSuchEntity(_ message: String) -> QueryError { QueryError(.notFound, "NoSuchEntity", message) }
  static func noSuchUser(_ name: String) -> QueryError { noSuchEntity("The user with name \(name) cannot be found.") }
  static func noSuchDevice(_ serial: String) -> QueryError {
    noSuchEntity("MFA Device with serial number \(serial) does not exist.")
  }
  static let notUsersDevice = noSuchEntity("MFA Device invalid for user.")
  static func exists(_ message: String) -> QueryError { QueryError(.conflict, "EntityAlreadyExists", message) }
  static func conflict(_ message: String) -> QueryError { QueryError(.conflict, "DeleteConflict", message) }
  static func quota(_ name: String, _ limit: Int) -> QueryError {
    QueryError(.conflict, "LimitExceeded", "Cannot exceed quota for \(name): \(limit)")
  }
  static func accessDenied(_ message: String) -> QueryError { QueryError(.forbidden, "AccessDenied", message) }

  /// What the libraries have to say, in AWS's words.
  init(_ error: AccountError) {
    switch error {
    case .noSuchUser(let name): self = .noSuchUser(name)
    case .userExists(let name): self = .exists("User with name \(name) already exists.")
    case .userHas(.accessKeys): self = .conflict("Cannot delete entity, must delete access keys first.")
    case .userHas(.loginProfile): self = .conflict("Cannot delete entity, must delete login profile first.")
    case .userHas(.devices): self = .conflict("Cannot delete entity, must delete MFA device first.")
    case .noLoginProfile(let name): self = .noSuchEntity("Login Profile for User \(name) cannot be found.")
    case .loginProfileExists(let name): self = .exists("Login Profile for user \(name) already exists.")
    case .noSuchAccessKey(let id): self = .noSuchEntity("The Access Key with id \(id) cannot be found.")
    case .quota(let name, let limit): self = .quota(name, limit)
    case .passwordPolicy(let objection): self = QueryError(.badRequest, "PasswordPolicyViolation", objection)
    case .wrongPassword: self = .accessDenied("The old password was incorrect.")
    case .mayNotChangePassword:
      self = .accessDenied("The account password policy does not allow users to change their own password.")
    case .noPasswordPolicy: self = .noSuchEntity("The account policy with name PasswordPolicy cannot be found.")
    case .noSuchAlias(let alias): self = .noSuchEntity("The account alias \(alias) cannot be found.")
    case .tokenExists, .noSuchToken, .alreadyInitialised: self = .unavailable
    case .verifier(let error): self.init(error)
    }
  }

  init(_ error: VerifierError) {
    switch error {
    case .noSuchUser(let name): self = .noSuchUser(name.text)
    case .noSuchDevice(let serial): self = .noSuchDevice(serial)
    case .notDevice, .notEnabled, .noActiveDevice: self = .notUsersDevice
    case .alreadyEnabled: self = .exists("MFA Device is already in use.")
    case .stillEnabled: self = .conflict("MFA VirtualDevice in use. Must deactivate first.")
    case .serialTaken: self = .exists("MFA device already exists.")
    case .userExists(let name): self = .exists("User with name \(name) already exists.")
    case .tooManyDevices(let limit): self = .quota("MFADevicesPerUser", limit)
    case .wrongCodeLength: self = .wrongCodes
    case .malformedName, .unusableURI, .seedLength, .oath:
      self = QueryError(.badRequest, "InvalidInput", "\(error)")
    case .userHasDevices: self = .conflict("Cannot delete entity, must delete MFA device first.")
    case .unusableHistory, .invalidPolicy, .requestIDTaken, .masterKey, .rotationOvertaken, .keyInUse, .unknownKey,
      .corruptRecord, .store, .crypto:
      self = .unavailable
    }
  }

  static var wrongCodes: QueryError {
    QueryError(.forbidden, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
  }
}
