internal import Directory
internal import CoreMetrics
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Synchronization
internal import Verifier
internal import ServiceHTTP

/// Bearer tokens (RFC 6750), looked up by their hash. What the store holds is looked at twice a second at most: a token that
/// was revoked, on whatever replica, is refused within half a second.
final class TokenAuthentication: Sendable {
  private static let freshness = Duration.milliseconds(500)

  private let store: any DirectoryStore
  private let metrics: ServiceMetrics
  private let errors: ErrorReporter
  private let known = Mutex(Known())

  private struct Known {
    var tokens: [[UInt8]: APIToken] = [:]
    /// What was told of already.
    var unreadable: [Unreadable] = []
    var at: ContinuousClock.Instant?
  }

  init(store: any DirectoryStore, metrics: ServiceMetrics, errors: ErrorReporter) {
    self.store = store
    self.metrics = metrics
    self.errors = errors
  }

  /// The token of a request.
  /// - Throws: ``Problem``: 401 without a token that is known.
  func authenticate(_ request: Incoming) async throws -> APIToken {
    if let token = try await token(of: request) { return token }
    countRefusal()
    var problem = Problem(.unauthorized, "unauthorized", "a bearer token that is known is needed")
    problem.headers[.wwwAuthenticate] = "Bearer"
    throw problem
  }

  /// Counts credentials that were refused.
  func countRefusal() { metrics.refusedCredentials.increment() }

  private func token(of request: Incoming) async throws -> APIToken? {
    guard let header = request.headers[.authorization], header.utf8.count <= 256 else { return nil }
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    let digest = try DirectoryService.digest(of: String(parts[1]))
    // Found by the hash of 256 random bits: how long that takes tells nothing of any other token.
    return try await tokens()[digest]
  }

  private func tokens() async throws -> [[UInt8]: APIToken] {
    let now = ContinuousClock.now
    let fresh = known.withLock { known in known.at.map { now - $0 < Self.freshness } ?? false ? known.tokens : nil }
    if let fresh { return fresh }
    let read = try await store.tokens()
    let tokens = Dictionary(read.items.map { ($0.digest, $0) }, uniquingKeysWith: { $1 })
    let isNews = known.withLock { known in
      // As old as the moment before it was read.
      guard known.at.map({ $0 < now }) ?? true else { return false }
      defer { known = Known(tokens: tokens, unreadable: read.unreadable, at: now) }
      return known.unreadable != read.unreadable
    }
    if isNews { errors.report(read.unreadable, to: nil) }
    return tokens
  }
}
