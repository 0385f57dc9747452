internal import CoreMetrics
internal import HTTPTypes
package import Hummingbird
package import HummingbirdCore
package import Logging
internal import NIOCore
internal import NIOHTTP1
package import OATH
internal import Synchronization
internal import Verifier

/// What a request brings with it beside itself.
package struct ServiceRequestContext: InitializableFromSource {
  package let logger: Logger
  package let client: ClientConnection

  package init(source: ApplicationRequestContextSource) {
    logger = source.logger
    client = ClientConnection(channel: source.channel)
  }
}

/// The one entrance: takes a request in, finds who answers it, and sees to what every answer has in common.
package struct ServiceResponder: HTTPResponder {
  package let routes: RouteTable
  package let limits: ConnectionLimits
  /// What a browser is shown where no route answers it.
  package let page: @Sendable (Problem) -> Answer
  package let proxies: ProxyTrust
  package let proxyWarning: UnknownProxyWarning
  /// Whether TLS ends here.
  package let isEncrypted: Bool
  package let metrics: ServiceMetrics
  package let errors: ErrorReporter
  package let logger: Logger
  package let now: @Sendable () -> UnixTime

  package init(
    routes: RouteTable, limits: ConnectionLimits, page: @escaping @Sendable (Problem) -> Answer, proxies: ProxyTrust,
    proxyWarning: UnknownProxyWarning, isEncrypted: Bool, metrics: ServiceMetrics, errors: ErrorReporter,
    logger: Logger, now: @escaping @Sendable () -> UnixTime
  ) {
    self.routes = routes
    self.limits = limits
    self.page = page
    self.proxies = proxies
    self.proxyWarning = proxyWarning
    self.isEncrypted = isEncrypted
    self.metrics = metrics
    self.errors = errors
    self.logger = logger
    self.now = now
  }

  package func respond(to request: Request, context: ServiceRequestContext) async throws -> Response {
    let start = ContinuousClock.now, id = TimeOrderedUUID.next()
    var (answer, route) = try await answer(to: request, id: id, from: context.client)
    answer.headers[.requestID] = id
    answer.headers[.cacheControl] = answer.headers[.cacheControl] ?? "no-store"
    answer.headers[.contentTypeOptions] = "nosniff"
    let duration = ContinuousClock.now - start
    metrics.count(route: route, status: answer.status.code, duration: duration)
    log(request, route: route, id: id, status: answer.status.code, duration: duration)
    let body = request.method == .head || answer.status == .noContent ? [] : answer.body
    if request.method == .head { answer.headers[.contentLength] = String(answer.body.count) }
    return Response(
      status: answer.status, headers: answer.headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }

  private func answer(
    to request: Request, id: String, from client: ClientConnection
  ) async throws -> (Answer, route: String) {
    let target = request.head.path ?? "/"
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let segments = RouteTable.segments(of: parts.first ?? "/")
    switch routes.match(request.method, segments) {
    case .none: return (answer(.notFound, to: request, id), "(none)")
    case .otherMethods(let methods): return (answer(.methodNotAllowed(methods), to: request, id), "(none)")
    case .route(let route, let raw):
      // A parser error goes up: the connection then ends with 400.
      guard let body = try await collect(request) else {
        return (answer(.tooLarge(limit: limits.bodyLimit), to: request, id), route.name)
      }
      let peer = client.channel.remoteAddress?.ipAddress
      let forwardedFor = request.headers[values: .forwardedFor]
      if !forwardedFor.isEmpty { proxyWarning.forwardedForWasSent(by: peer) }
      let incoming = Incoming(
        id: id, method: request.method, target: target, query: parts.count > 1 ? parts[1] : nil,
        headers: request.headers, host: request.head.authority, body: body,
        source: proxies.source(peer: peer, forwardedFor: forwardedFor),
        isEncrypted: isEncrypted
          || proxies.trusts(peer) && request.headers[.forwardedProtocol]?.lowercased() == "https", time: now(),
        client: client)
      return (await answer(to: incoming, raw, by: route), route.name)
    }
  }

  /// Answers a request that came by no connection.
  package func answer(to incoming: Incoming) async -> Answer {
    let path = incoming.target.prefix { $0 != "?" }
    switch routes.match(incoming.method, RouteTable.segments(of: path)) {
    case .none: return Problem.notFound.answer(to: incoming.id)
    case .otherMethods(let methods): return Problem.methodNotAllowed(methods).answer(to: incoming.id)
    case .route(let route, let raw): return await answer(to: incoming, raw, by: route)
    }
  }

  /// - Parameter raw: the segments that the route's parameters hold, as they came.
  private func answer(to incoming: Incoming, _ raw: [Substring], by route: RouteTable.Route) async -> Answer {
    let parameters = raw.compactMap(incoming.decoded)
    guard parameters.count == raw.count else {
      return Problem.badRequest("the path is not well encoded").answer(to: incoming.id)
    }
    do { return try await route.handler(incoming, parameters) } catch let problem as Problem {
      return problem.answer(to: incoming.id)
    } catch let error as VerifierError {
      let problem = Problem(error)
      if problem.status == .serviceUnavailable { errors.report(error, to: incoming.id) }
      return problem.answer(to: incoming.id)
    } catch {
      errors.report(error, to: incoming.id)
      return Problem.unavailable.answer(to: incoming.id)
    }
  }

  /// A document for programs, a page for people.
  private func answer(_ problem: Problem, to request: Request, _ id: String) -> Answer {
    let isBrowser = request.headers[.accept]?.contains("text/html") ?? false
    return isBrowser ? page(problem) : problem.answer(to: id)
  }

  /// nil for a body that is larger than may be.
  private func collect(_ request: Request) async throws -> [UInt8]? {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyLimit { return nil }
    do { return Array(buffer: try await request.body.collect(upTo: limits.bodyLimit)) } catch is NIOTooManyBytesError {
      return nil
    }
  }

  private func log(_ request: Request, route: String, id: String, status: Int, duration: Duration) {
    let level: Logger.Level = status >= 500 ? .error : status >= 400 ? .info : .debug
    guard level >= logger.logLevel else { return }
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    logger.log(
      level: level, "\(request.method.rawValue.prefix(16)) \(route) \(status)",
      metadata: ["request_id": "\(id)", "milliseconds": "\(milliseconds)"])
  }
}

extension HTTPField.Name {
  package static let requestID = known("X-Request-Id")
  package static let amazonRequestID = known("x-amzn-RequestId")
  package static let contentTypeOptions = known("X-Content-Type-Options")
  package static let forwardedFor = known("X-Forwarded-For")
  package static let forwardedProtocol = known("X-Forwarded-Proto")

  package static func known(_ name: String) -> Self {
    // Called with names that are written out in this target alone, and each is a token (RFC 9110 §5.6.2): no request gets
    // here with another.
    guard let name = Self(name) else { preconditionFailure("no header has the name \(name)") }
    return name
  }
}
