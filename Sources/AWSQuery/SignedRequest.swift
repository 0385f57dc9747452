/// A request as far as a signature covers it.
package struct SignedRequest: Sendable {
  let method: String
  /// What the client called us.
  let host: String?
  /// After the question mark, as it came.
  let query: Substring?
  /// The values of a header of this name, in lower case, in their order.
  let headers: @Sendable (_ name: String) -> [String]
  let body: [UInt8]

  package init(
    method: String, host: String?, query: Substring?, body: [UInt8],
    headers: @escaping @Sendable (_ name: String) -> [String]
  ) {
    self.method = method
    self.host = host
    self.query = query
    self.body = body
    self.headers = headers
  }

  func value(of name: String) -> String? { headers(name).first }
}
