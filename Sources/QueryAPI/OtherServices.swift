internal import HTTPTypes
internal import ServiceHTTP

/// A request that is meant for a service of AWS other than IAM and STS. Its client is refused in the protocol that it reads.
///
/// The error shapes are those of Smithy's "AWS JSON", "AWS query", "EC2 query" and "REST XML" protocols.
enum OtherService {
  /// `X-Amz-Target: SERVICE.ACTION`, with a body in JSON of this media type.
  case json(target: String, type: String)
  case ec2
  case s3
  /// Another service of the query protocol.
  case query

  /// nil for what may be a request of IAM or STS.
  /// - Parameter version: of the API, as a form says it.
  init?(_ request: Incoming, version: String?) {
    guard version.flatMap(QueryServiceName.init(version:)) == nil else { return nil }
    if let target = request.headers[.amazonTarget] {
      let type = request.mediaType ?? ""
      self = .json(target: target, type: type.hasPrefix("application/x-amz-json") ? type : "application/x-amz-json-1.1")
      return
    }
    switch Self.scope(of: request) {
    case nil, "iam", "sts": return nil
    case "ec2": self = .ec2
    case "s3": self = .s3
    default: self = .query
    }
  }

  /// The service that a signature in the headers is for; nil without one.
  private static func scope(of request: Incoming) -> String? {
    guard let header = request.headers[.authorization], header.hasPrefix("AWS4-HMAC-SHA256 "),
      let credential = header.firstRange(of: "Credential=")
    else { return nil }
    let parts = header[credential.upperBound...].prefix { $0 != "," && $0 != " " }
      .split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 5 ? String(parts[3]) : nil
  }

  /// What the client is told.
  func refusal(of request: Incoming) -> Answer {
    let message = "This endpoint serves IAM and STS."
    switch self {
    case .json(let target, let type):
      let text = "\(target.prefix(256)) is no operation of this endpoint. \(message)"
      return answer(type, #"{"__type":"UnknownOperationException","message":\#(text.quotedAsJSON)}"#, request)
    case .ec2:
      return xml(
        "<Response><Errors>\(Self.error("InvalidAction", message))</Errors>", "RequestID", "</Response>", request)
    case .s3:
      return xml("<Error><Code>NotImplemented</Code><Message>\(message)</Message>", "RequestId", "</Error>", request)
    case .query:
      let error = "<Error><Type>Sender</Type><Code>InvalidAction</Code><Message>\(message)</Message></Error>"
      return xml("<ErrorResponse>\(error)", "RequestId", "</ErrorResponse>", request)
    }
  }

  private static func error(_ code: String, _ message: String) -> String {
    "<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
  }

  private func xml(_ start: String, _ idElement: String, _ end: String, _ request: Incoming) -> Answer {
    answer("text/xml; charset=utf-8", "\(start)<\(idElement)>\(request.id)</\(idElement)>\(end)\n", request)
  }

  private func answer(_ type: String, _ body: String, _ request: Incoming) -> Answer {
    Answer(.badRequest, type: type, headers: [.amazonRequestID: request.id], body: Array(body.utf8))
  }
}

extension HTTPField.Name {
  fileprivate static let amazonTarget = known("X-Amz-Target")
}
