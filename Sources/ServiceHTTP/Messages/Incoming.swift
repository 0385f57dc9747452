package import HTTPTypes
package import OATH

/// A request that has arrived as a whole.
package struct Incoming: Sendable {
  /// Of our making, on every answer and every log line.
  package let id: String
  package let method: HTTPRequest.Method
  /// Path and query, as they came.
  package let target: String
  /// After the question mark, as it came; nil without one.
  package let query: Substring?
  package let headers: HTTPFields
  /// What the client called us.
  package let host: String?
  package let body: [UInt8]
  /// The client's address, or the one that a trusted proxy tells; nil for a Unix socket.
  package let source: String?
  /// Whether it came through TLS, here or at a trusted proxy.
  package let isEncrypted: Bool
  package let time: UnixTime
  /// nil for a request that came by no connection.
  package var client: ClientConnection?

  package init(
    id: String, method: HTTPRequest.Method, target: String, query: Substring?, headers: HTTPFields, host: String?,
    body: [UInt8], source: String?, isEncrypted: Bool, time: UnixTime, client: ClientConnection? = nil
  ) {
    self.id = id
    self.method = method
    self.target = target
    self.query = query
    self.headers = headers
    self.host = host
    self.body = body
    self.source = source
    self.isEncrypted = isEncrypted
    self.time = time
    self.client = client
  }

  /// The media type of the body in lower case, without its parameters.
  package var mediaType: String? { headers[.contentType]?.prefix { $0 != ";" }.filter { $0 != " " }.lowercased() }

  /// The value of a segment; nil where its encoding or its UTF-8 is broken, or it holds control characters.
  package func decoded(_ segment: Substring) -> String? {
    let bytes = Array(segment.utf8)
    return try? PercentEncoding.decode(bytes.span, what: "the path")
  }
}

/// What goes back.
package struct Answer: Sendable {
  package var status: HTTPResponse.Status
  package var headers: HTTPFields
  package var body: [UInt8]

  package init(_ status: HTTPResponse.Status, type: String? = nil, headers: HTTPFields = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
    if let type { self.headers[.contentType] = type }
  }

  package static let nothing = Answer(.noContent)

  package static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Answer {
    Answer(status, type: "application/json", body: Array(text.utf8))
  }
}
