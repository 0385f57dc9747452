/// An error of the query API: AWS's code, status and words.
package struct QueryError: Error, Sendable, Equatable {
  package let status: Int
  package let code: String
  /// nil where AWS sends none.
  package let message: String?
  /// Whether the audit trail tells of it already, in the words of what was tried.
  package var isRecorded = false

  package init(_ status: Int, _ code: String, _ message: String?) {
    self.status = status
    self.code = code
    self.message = message
  }
}

extension QueryError {
  package static let unavailable = QueryError(
    503, "ServiceUnavailable", "The service cannot answer at the moment; nothing was accepted.")
  package static let busy = QueryError(
    503, "ServiceUnavailable", "Too many passwords are being checked at the moment. Try again in a few seconds.")
  package static let missingToken = QueryError(
    403, "MissingAuthenticationToken", "Request is missing Authentication Token")
  package static let invalidToken = QueryError(
    403, "InvalidClientTokenId", "The security token included in the request is invalid.")
  package static let expiredToken = QueryError(
    403, "ExpiredToken", "The security token included in the request is expired")
  package static let wrongSignature = QueryError(
    403, "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
      + "signing method. Consult the service documentation for details.")
  package static let needsUserName = QueryError(
    400, "ValidationError", "Must specify userName when calling with non-User credentials")
  package static let invalidMarker = QueryError(400, "ValidationError", "Invalid Marker.")

  package static func signature(_ message: String) -> QueryError { QueryError(403, "SignatureDoesNotMatch", message) }
  package static func incomplete(_ message: String) -> QueryError { QueryError(400, "IncompleteSignature", message) }
  package static func malformed(_ message: String) -> QueryError { QueryError(400, "MalformedInput", message) }
  package static func noSuchEntity(_ message: String) -> QueryError { QueryError(404, "NoSuchEntity", message) }
  package static func noSuchUser(_ name: String) -> QueryError {
    noSuchEntity("The user with name \(name) cannot be found.")
  }
  package static func noSuchDevice(_ serial: String) -> QueryError {
    noSuchEntity("MFA Device with serial number \(serial) does not exist.")
  }
  package static let notUsersDevice = noSuchEntity("MFA Device invalid for user.")
  package static func exists(_ message: String) -> QueryError { QueryError(409, "EntityAlreadyExists", message) }
  package static func conflict(_ message: String) -> QueryError { QueryError(409, "DeleteConflict", message) }
  package static func quota(_ name: String, _ limit: Int) -> QueryError {
    QueryError(409, "LimitExceeded", "Cannot exceed quota for \(name): \(limit)")
  }
  package static func accessDenied(_ message: String) -> QueryError { QueryError(403, "AccessDenied", message) }

  package static let wrongCodes = QueryError(
    403, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
}
