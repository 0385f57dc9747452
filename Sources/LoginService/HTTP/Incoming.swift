internal import HTTPTypes
internal import OATH

/// A request that has arrived as a whole.
struct Incoming: Sendable {
  /// Of our making, on every answer and every log line.
  let id: String
  let method: HTTPRequest.Method
  /// Path and query, as they came.
  let target: String
  /// After the question mark, as it came; nil without one.
  let query: Substring?
  let headers: HTTPFields
  /// What the client called us.
  let host: String?
  let body: [UInt8]
  /// The client's address, or the one that a trusted proxy tells; nil for a Unix socket.
  let source: String?
  /// Whether it came through TLS, here or at a trusted proxy.
  let isEncrypted: Bool
  let time: UnixTime
  /// nil for a request that came by no connection.
  var client: ClientConnection?

  /// The media type of the body in lower case, without its parameters.
  var mediaType: String? { headers[.contentType]?.prefix { $0 != ";" }.filter { $0 != " " }.lowercased() }

  /// The value of a segment; nil where its encoding or its UTF-8 is broken, or it holds control characters.
  func decoded(_ segment: Substring) -> String? {
    let bytes = Array(segment.utf8)
    return try? PercentEncoding.decode(bytes.span, what: "the path")
  }
}

/// What goes back.
struct Answer: Sendable {
  var status: HTTPResponse.Status
  var headers: HTTPFields
  var body: [UInt8]

  init(_ status: HTTPResponse.Status, type: String? = nil, headers: HTTPFields = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
    if let type { self.headers[.contentType] = type }
  }

  static let nothing = Answer(.noContent)

  static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Answer {
    Answer(status, type: "application/json", body: Array(text.utf8))
  }
}
