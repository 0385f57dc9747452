internal import Directory
internal import ArgumentParser
internal import Configuration
internal import DurableFiles
internal import Foundation
internal import Logging
internal import LoginService
internal import NIOCore
internal import NIOPosix
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import StoreSQLite

/// `vmfa serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the login service: REST, and IAM and STS for the aws CLI.",
    discussion: """
      Every option may also stand in a file (--config), as "maxConnections": 1000, and most in the environment, as
      VMFA_MAX_CONNECTIONS=1000; an option goes before the environment, and that before the file. See vmfa-serve(8).
      """)

  @Option(help: ArgumentHelp("HOST:PORT or unix:PATH. (default: 127.0.0.1:8080)", valueName: "address"))
  var listen: String?

  @Option(
    help: ArgumentHelp("Mode of the Unix socket, whatever the umask is. (default: 0660)", valueName: "octal"))
  var socketMode: String?

  @Option(
    help: ArgumentHelp("Group of the Unix socket, such as the proxy's. (default: the process's)", valueName: "group"))
  var socketGroup: String?

  @Option(
    help: ArgumentHelp("The certificate chain for TLS, in PEM; read again on SIGHUP.", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var tlsCertificate: String?

  @Option(
    help: ArgumentHelp("The key of the certificate, in PEM.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var tlsKey: String?

  @Option(
    help: ArgumentHelp(
      "Addresses of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8,192.0.2.7; unix for whoever uses the socket.",
      valueName: "addresses"))
  var behindProxy: String?

  @Option(help: "What authenticators show, unless a request names another issuer. (default: vmfa)")
  var issuer: String?

  @Option(help: ArgumentHelp("text or json, on standard error. (default: text)", valueName: "format"))
  var logFormat: String?

  @Option(help: ArgumentHelp("trace, debug, info, notice, warning or error. (default: info)", valueName: "level"))
  var logLevel: String?

  @Option(help: ArgumentHelp("At most so many connections at once. (default: 8192)", valueName: "count"))
  var maxConnections: String?

  @Option(
    help: ArgumentHelp(
      "Of them, from one IPv4 address or IPv6 /64; 0 for any number. (default: 256)", valueName: "count"))
  var maxConnectionsPerAddress: String?

  @Option(
    help: ArgumentHelp(
      "Wrong codes in a minute, across all users, from which on a warning is given; 0 for none. (default: 600)",
      valueName: "count"))
  var guessBudget: String?

  @Option(
    help: ArgumentHelp("Seconds for requests under way when the service is to end. (default: 20)", valueName: "seconds")
  )
  var drainTimeout: String?

  @Option(help: ArgumentHelp("At most so many connections to PostgreSQL. (default: 8)", valueName: "count"))
  var databaseConnections: String?

  @Option(
    help: ArgumentHelp("A JSON file of settings. (default: VMFA_CONFIG)", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var config: String?

  @Flag(help: "Check the configuration, and end.")
  var check = false

  @OptionGroup var options: VerifierOptions

  /// Settings by the names that a file has for them.
  private var flags: [String: String?] {
    [
      "listen": listen, "socketMode": socketMode, "socketGroup": socketGroup, "tls.certificate": tlsCertificate,
      "tls.key": tlsKey, "behindProxy": behindProxy,
      "issuer": issuer, "log.format": logFormat, "log.level": logLevel, "maxConnections": maxConnections,
      "maxConnectionsPerAddress": maxConnectionsPerAddress, "guessBudget": guessBudget, "drainTimeout": drainTimeout,
      "databaseConnections": databaseConnections,
      "database": options.database, "keyFile": options.key.keyFile, "keyCommand": options.key.keyCommand,
    ]
  }

  private static let names = ServerSettings.names + ["database", "keyFile", "keyCommand"]

  func run() async throws {
    let console = Console.current, reader = try reader(console)
    let settings = try ServerSettings(reading: reader), options = withPlaces(from: reader)
    var logger = Logger(label: "vmfa") { _ in LineLogHandler(format: settings.logFormat, level: settings.logLevel) }
    logger.logLevel = settings.logLevel
    if check { return try await check(settings, options, logger) }
    Self.prepareProcess()
    let session = try await options.session(creating: true, connections: settings.databaseConnections)
    let server = try LoginServer(settings: settings, store: session.directory.store, keys: session.keys, logger: logger)
    if session.store is SQLiteStore, let advice = SQLiteLibrary.advice { logger.warning("\(advice)") }
    if try await session.directory.store.iamUser(named: .root)?.record.accessKeys.isEmpty ?? true {
      logger.notice("there is no root access key yet: vmfa account init makes one, for the aws CLI")
    }
    do { try await server.run() } catch let error as VerifierError {
      // One status for whatever the disk did: the unit starts the service again on it.
      throw CommandError(.inputOutput, "\(error)", hint: "what was answered is kept: start the service again")
    } catch { throw Self.withoutAddress(error) ?? error }
    logger.notice("ended")
  }

  /// What keeps the service from its address.
  private static func withoutAddress(_ error: any Error) -> CommandError? {
    let reason: String
    switch error {
    case let error as IOError: reason = unsafe String(cString: strerror(error.errnoCode))
    case let error as SocketAddressError.UnknownHost: reason = "there is no host \(error.host)"
    case is UnixDomainSocketPathWrongType: reason = "what is there is no socket"
    default: return nil
    }
    return CommandError(.unreachable, "cannot listen there: \(reason)", hint: "--listen names another address")
  }

  /// Flags over environment over file.
  private func reader(_ console: Console) throws -> ConfigReader {
    var providers: [any ConfigProvider] = [
      Self.provider("options", flags.compactMapValues(\.self)),
      EnvironmentVariablesProvider(environmentVariables: Self.environment(console)).prefixKeys(with: "vmfa"),
    ]
    if let path = try config ?? console.path(inVariable: "VMFA_CONFIG") {
      let content = try DurableFile.read(at: path, limit: 1 << 20).withBytes { $0.array }
      providers.append(try ConfigurationFile.provider(reading: content, path: path, names: Self.names))
    }
    let paths = try Self.paths(in: ConfigReader(providers: providers))
    return ConfigReader(providers: [Self.provider("paths", paths)] + providers)
  }

  private static func provider(_ name: String, _ values: [String: String]) -> InMemoryProvider {
    let values = values.map { name, value in
      (AbsoluteConfigKey(name.split(separator: ".").map(String.init)), ConfigValue(.string(value), isSecret: false))
    }
    return InMemoryProvider(name: name, values: Dictionary(values, uniquingKeysWith: { $1 }))
  }

  /// The settings that name files, with `~/` expanded, wherever they were given.
  private static func paths(in reader: ConfigReader) throws -> [String: String] {
    var paths: [String: String] = [:]
    for name in ["tls.certificate", "tls.key", "keyFile"] {
      paths[name] = try reader.string(forKey: ConfigKey(name)).map(expandedPath)
    }
    if let listen = reader.string(forKey: "listen"), listen.hasPrefix("unix:") {
      paths["listen"] = "unix:" + (try expandedPath(String(listen.dropFirst("unix:".count))))
    }
    return paths
  }

  /// The variables that there may be, as the console has them.
  private static func environment(_ console: Console) -> [String: String] {
    var variables: [String: String] = [:]
    for name in names {
      let words = name.replacing(/([a-z])([A-Z])/) { "\($0.1)_\($0.2)" }.replacing(".", with: "_")
      let variable = "VMFA_" + words.uppercased()
      variables[variable] = console.variable(variable)
    }
    return variables
  }

  /// Database and master key, which other commands take from options and environment alone.
  private func withPlaces(from reader: ConfigReader) -> VerifierOptions {
    var options = options
    options.database = reader.string(forKey: "database")
    let console = Console.current
    guard options.key.keyFile == nil, options.key.keyCommand == nil, console.variable("VMFA_KEY_FILE") == nil,
      console.variable("VMFA_KEY_COMMAND") == nil
    else { return options }
    options.key.keyFile = reader.string(forKey: "keyFile")
    options.key.keyCommand = options.key.keyFile == nil ? reader.string(forKey: "keyCommand") : nil
    return options
  }

  /// Everything that can be wrong before the first request, and nothing that is made by looking.
  private func check(_ settings: ServerSettings, _ options: VerifierOptions, _ logger: Logger) async throws {
    do {
      let session = try await options.session()
      _ = try LoginServer(settings: settings, store: session.directory.store, keys: session.keys, logger: logger)
    } catch VerifierError.store(.missing(let place)) {
      Console.current.note("there is no database at \(place) yet: the first start makes it")
      if let file = try options.key.namedFile(.current) { try MasterKeyOptions.require(file) }
      try settings.checkCertificate()
    }
    try Console.current.print("the configuration is valid")
  }

  /// Raises the limit of open files, since a connection is one and 1,024 are few; leaves no core, which would hold tokens and
  /// codes of requests under way; and survives a SIGHUP that comes before the service listens for it.
  private static func prepareProcess() {
    signal(SIGHUP, SIG_IGN)
    changeLimit(RLIMIT_NOFILE) { $0.rlim_cur = $0.rlim_max }
    changeLimit(RLIMIT_CORE) { $0.rlim_cur = 0 }
  }

  private static func changeLimit(_ resource: __rlimit_resource, _ change: (inout rlimit) -> Void) {
    let resource = __rlimit_resource_t(UInt32(resource.rawValue))
    var limit = rlimit()
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    change(&limit)
    _ = unsafe setrlimit(resource, &limit)
  }
}
