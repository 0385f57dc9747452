internal import Authentication
internal import HTTPTypes
internal import ServiceHTTP

extension Incoming: SignInClient {
  var network: String? { AddressRange.network(of: source) }
  var agent: String { headers[.userAgent] ?? "" }

  /// Runs `body`, and cancels it when the client closes its end of the connection.
  func whileWaiting<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    guard let client else { return try await body() }
    return try await client.whileOpen(body)
  }
}
