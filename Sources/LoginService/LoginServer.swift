public import Directory
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
public import OATH
internal import ServiceLifecycle
internal import UnixSignals
public import Verifier
internal import Authentication
internal import Console
internal import QueryAPI
internal import RESTAPI
package import ServiceHTTP

/// The login service: REST, IAM and STS, and what operators look at, behind one responder.
///
///     let server = try LoginServer(settings: settings, store: store, keys: keys, logger: logger)
///     try await server.run()
public struct LoginServer: Sendable {
  private let settings: ServerSettings
  private let verifier: Verifier
  private let responder: ServiceResponder
  private let certificates: CertificateStore?
  private let connections: OpenConnections
  private let readiness = Readiness()
  private let store: any DirectoryStore
  private let logger: Logger

  /// Puts it together; nothing is listened on yet.
  /// - Parameters:
  ///   - settings: how it is run.
  ///   - store: accounts and devices.
  ///   - keys: of the same store.
  ///   - logger: for everything that is said.
  ///   - now: the clock.
  /// - Throws: ``ConfigurationError`` for a certificate that cannot be used.
  public init(
    settings: ServerSettings, store: any DirectoryStore, keys: KeyRing, logger: Logger,
    now: @escaping @Sendable () -> UnixTime = Self.systemClock
  ) throws {
    try self.init(
      settings: settings, store: store, keys: keys, logger: logger, now: now, answeringConstantlyAt: nil)
  }

  /// - Parameter constant: the pattern of a route that does all that verifying does but verify, for measuring.
  package init(
    settings: ServerSettings, store: any DirectoryStore, keys: KeyRing, logger: Logger,
    now: @escaping @Sendable () -> UnixTime = Self.systemClock, answeringConstantlyAt constant: String?,
    hasher: PasswordHasher = .shared
  ) throws {
    self.settings = settings
    self.store = store
    self.logger = logger
    let connections = OpenConnections(
      limit: settings.maximumConnections, limitPerNetwork: settings.maximumConnectionsPerAddress,
      proxies: settings.proxies)
    self.connections = connections
    certificates = try settings.certificates()
    let verifier = Verifier(store: store, keys: keys) { warning in
      switch warning {
      case .clockSetBack(let seconds):
        logger.warning("the clock is \(seconds) s behind the newest record: was it set back?")
      }
    }
    self.verifier = verifier
    let directory = DirectoryService(store: store, verifier: verifier, hasher: hasher)
    let metrics = ServiceMetrics(), errors = ErrorReporter(metrics: metrics, logger: logger)
    let budget = GuessBudget(limit: settings.guessBudget, logger: logger), attempts = AttemptLimits()
    let observe: @Sendable (Verdict, UnixTime) -> Void = { verdict, time in
      metrics.count(verdict)
      budget.count(verdict, at: time)
    }
    let rest = RESTService(
      directory: directory, issuer: settings.issuer, metrics: metrics, errors: errors, observe: observe)
    let query = QueryAPI(
      directory: directory, issuer: settings.issuer, attempts: attempts, metrics: metrics, errors: errors,
      observe: observe)
    let operations = OperationsRoutes(
      store: store, writing: WriteProbe { () throws(VerifierError) in try await store.checkWriting() },
      metrics: metrics, errors: errors, readiness: readiness, connections: connections, budget: budget)
    let pages = try PageService(
      directory: directory, issuer: settings.issuer, limits: attempts, budget: budget, errors: errors, observe: observe)
    let isEncrypted = certificates != nil
    let front: RouteTable.Handler = { request, _ in await pages.front(request) }
    var routes: [RouteTable.Route] = rest.routes + query.routes(front: front)
    routes += pages.routes + operations.routes
    if let constant { routes.append(rest.constantRoute(constant)) }
    responder = ServiceResponder(
      routes: RouteTable(routes), limits: ConnectionLimits(), page: { pages.page($0, isEncrypted: isEncrypted) },
      proxies: settings.proxies,
      proxyWarning: UnknownProxyWarning(proxies: settings.proxies, logger: logger), isEncrypted: isEncrypted,
      metrics: metrics, errors: errors, logger: logger, now: now)
  }

  /// The patterns of all routes.
  package var routes: [String] { responder.routes.names }

  /// Answers a request that came by no connection, as tests send it.
  package func answer(to request: Incoming) async -> Answer { await responder.answer(to: request) }

  /// The wall clock, in whole seconds.
  public static let systemClock: @Sendable () -> UnixTime = {
    .epoch.advanced(by: Int64(Date().timeIntervalSince1970))
  }

  /// Serves until SIGTERM or SIGINT: then no new connection is taken, and what is under way is carried to its end.
  /// SIGHUP has the certificate read again.
  /// - Throws: `IOError` and its like where the address cannot be had; `VerifierError.store` after a disk has failed: the
  ///   program can accept nothing more, and another one finds on the disk what was answered.
  public func run() async throws {
    // What is left of a service that was killed is replaced, what answers is not.
    let socket: UnixSocket.Access?, formerMask: mode_t?
    if case .unix(let path) = settings.listen {
      if UnixSocket.answers(at: path) { throw IOError(errnoCode: EADDRINUSE, reason: "bind") }
      socket = try UnixSocket.Access(path: path, mode: settings.socketMode, group: settings.socketGroup)
      // Until it has its mode and its group, the socket is for nobody else.
      formerMask = umask(0o177)
    } else {
      (socket, formerMask) = (nil, nil)
    }
    let notifier = SystemdNotifier(), sealer = AuditSealer(verifier: verifier), logger = logger, store = store
    let services: [any Service] = [
      ClosureService { @Sendable in
        await cancelWhenGracefulShutdown {
          await sealer.run(now: responder.now) { logger.error("audit rows wait to be sealed: \($0)") }
        }
      },
      ClosureService { @Sendable in
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { reload(notifier) }
      },
      try application(notifier) {
        if let formerMask { umask(formerMask) }
        do throws(UnixSocket.AccessError) { try socket?.apply() } catch {
          logger.error("the socket can be used by this service's own user alone: \(error)")
        }
      },
      ClosureService { @Sendable in
        if let reason = await cancelWhenGracefulShutdown({ await store.breakdown() }) { throw reason }
      },
      ClosureService { @Sendable in
        // First to be told of the end: whoever balances load is to look elsewhere.
        try? await gracefulShutdown()
        readiness.set(false)
        notifier.tell("STOPPING=1")
      },
    ]
    var group = ServiceGroupConfiguration(
      services: services.map {
        .init(
          service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .gracefullyShutdownGroup)
      },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
    group.maximumGracefulShutdownDuration = .seconds(settings.drainSeconds)
    try await ServiceGroup(configuration: group).run()
  }

  /// - Parameter listening: called once, when the address is listened on and before that is told.
  private func application(
    _ notifier: SystemdNotifier, listening: @escaping @Sendable () -> Void
  ) throws -> Application<ServiceResponder> {
    let address: BindAddress =
      switch settings.listen {
      case .tcp(let host, let port): .hostname(host, port: port)
      case .unix(let path): .unixDomainSocket(path: path)
      }
    var configuration = ApplicationConfiguration(address: address, backlog: 1024)
    configuration.availableConnectionsDelegate = connections
    let limits = responder.limits, connections = connections
    var server = HTTPServerBuilder { responder in
      GuardedChannel(
        base: HTTP1Channel(responder: responder, configuration: limits.http1), limits: limits, connections: connections)
    }
    if let certificates { server = try .tls(server, tlsConfiguration: certificates.serverConfiguration()) }
    let scheme = certificates == nil ? "http" : "https", settings = settings, readiness = readiness, logger = logger
    return Application(
      responder: responder, server: server, configuration: configuration,
      onServerRunning: { channel in
        listening()
        readiness.set(true)
        let place =
          switch settings.listen {
          case .tcp(let host, let port):
            "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(channel.localAddress?.port ?? port)"
          case .unix(let path): "unix:\(path)"
          }
        logger.notice("listening on \(place)")
        notifier.tell("READY=1")
      }, logger: Self.quiet(logger))
  }

  /// The packages below say what they do; what matters of it is said here.
  private static func quiet(_ logger: Logger) -> Logger {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .error)
    return quiet
  }

  private func reload(_ notifier: SystemdNotifier) {
    notifier.tell("RELOADING=1")
    defer { notifier.tell("READY=1") }
    guard let certificates else { return logger.notice("nothing to reload: TLS is not in use") }
    do {
      try certificates.reload()
      logger.notice("the certificate was read again")
    } catch { logger.error("the certificate in use stays: \(error)") }
  }
}
