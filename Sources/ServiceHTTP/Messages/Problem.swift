package import HTTPTypes
internal import JSONText
internal import OpenSSLCrypto
package import Verifier

/// Why a request was not done, as RFC 9457 has it. `code` is for programs, `detail` for people; neither holds a secret.
package struct Problem: Error, Sendable {
  package var status: HTTPResponse.Status
  package var code: String
  package var detail: String
  package var headers: HTTPFields = [:]
  /// Members beside the standard ones, as JSON.
  package var extensions: [(name: String, json: String)] = []

  package init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  package func answer(to requestID: String) -> Answer {
    var text = """
      {"type":"about:blank","title":\(status.reasonPhrase.quotedAsJSON),"status":\(status.code),\
      "detail":\(detail.quotedAsJSON),"code":\(code.quotedAsJSON),"request_id":\(requestID.quotedAsJSON)
      """
    for member in extensions { text += ",\(member.name.quotedAsJSON):\(member.json)" }
    return Answer(status, type: "application/problem+json", headers: headers, body: Array((text + "}").utf8))
  }
}

extension Problem {
  package static let notFound = Problem(.notFound, "no_such_resource", "there is nothing at this address")
  package static let unsupportedType = Problem(
    .unsupportedMediaType, "unsupported_media_type", "the body has to be application/json")

  package static func badRequest(_ detail: String) -> Problem { Problem(.badRequest, "bad_request", detail) }

  package static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
    let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
    var problem = Problem(.methodNotAllowed, "method_not_allowed", "this address knows \(names)")
    problem.headers[.allow] = names
    return problem
  }

  package static func tooLarge(limit: Int) -> Problem {
    var problem = Problem(.contentTooLarge, "content_too_large", "a body has at most \(limit) bytes")
    problem.headers[.connection] = "close"
    return problem
  }

  /// No answer means no entry: what went wrong is for the log, not for the client.
  package static var unavailable: Problem {
    var problem = Problem(
      .serviceUnavailable, "unavailable", "the service cannot answer at the moment; nothing was accepted")
    problem.headers[.retryAfter] = "1"
    return problem
  }

  /// What the verifier has to say, for one who may know it.
  package init(_ error: VerifierError) {
    switch error {
    case .noSuchUser: self.init(.notFound, "no_such_user", "\(error)")
    case .noSuchDevice: self.init(.notFound, "no_such_device", "\(error)")
    // A part of the query, and not what the address means.
    case .noSuchAuditRow: self.init(.badRequest, "no_such_audit_row", "\(error)")
    case .notEnabled, .notDevice, .noActiveDevice: self.init(.conflict, "not_enabled", "\(error)")
    case .alreadyEnabled, .stillEnabled: self.init(.conflict, "enabled", "\(error)")
    case .serialTaken, .userExists: self.init(.conflict, "exists", "\(error)")
    case .needsMFA: self.init(.forbidden, "needs_mfa", "\(error)")
    case .tooManyDevices: self.init(.conflict, "too_many_devices", "\(error)")
    case .requestIDTaken: self.init(.conflict, "request_id_taken", "\(error)")
    case .wrongCodeLength, .malformedName, .unusableURI, .seedLength, .oath:
      self.init(.badRequest, "bad_request", "\(error)")
    case .userHasDevices, .invalidRule, .unusableHistory: self.init(.conflict, "conflict", "\(error)")
    case .masterKey, .rotationOvertaken, .keyInUse, .unknownKey, .corruptRecord, .store, .crypto: self = .unavailable
    }
  }
}

extension String {
  /// As a JSON string.
  package var quotedAsJSON: String {
    // What is put here is no secret, and seldom holds anything that has to be escaped.
    let bytes = utf8.span
    guard bytes.indices.contains(where: { JSONWriter.isEscaped(bytes[$0]) }) else { return "\"\(self)\"" }
    var writer = JSONWriter()
    writer.string(self)
    return writer.finish().withBytes { $0.text }
  }
}
