public import Configuration
public import Logging
internal import Verifier
internal import ServiceHTTP

/// What is wrong with a configuration, and the way out.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line in lower case.
  public let description: String

  /// `reason`, fit to follow `vmfa: error: `.
  public init(_ reason: String) { description = reason }
}

/// How the service is run. Every setting is a text, so that flags, environment and file mean the same by it.
public struct ServerSettings: Sendable {
  /// Where it listens.
  public enum Listen: Sendable, Equatable {
    /// On TCP.
    case tcp(host: String, port: Int)
    /// On a Unix socket.
    case unix(path: String)
  }

  /// Where it listens.
  public let listen: Listen
  /// PEM files.
  public let certificate, key: String?
  let proxies: ProxyTrust
  /// As authenticators show it, unless a request names another one.
  public let issuer: String
  /// How log lines are written.
  public let logFormat: LineLogHandler.Format
  /// From which level on.
  public let logLevel: Logger.Level
  /// The mode of a Unix socket, whatever the process's umask is.
  public let socketMode: UInt32
  /// The group of a Unix socket; nil for the process's own.
  public let socketGroup: String?
  /// At most so many at once.
  public let maximumConnections: Int
  /// Of them, from one IPv4 address or IPv6 /64; 0: any number.
  public let maximumConnectionsPerAddress: Int
  /// Wrong codes in a minute across all users; 0: any number.
  public let guessBudget: Int
  /// Seconds for requests that are under way when the service is asked to end.
  public let drainSeconds: Int
  /// Connections to a PostgreSQL database.
  public let databaseConnections: Int

  /// The names of all settings, as a file and the environment have them.
  public static let names = [
    "listen", "socketMode", "socketGroup", "tls.certificate", "tls.key", "behindProxy", "issuer", "log.format",
    "log.level", "maxConnections", "maxConnectionsPerAddress", "guessBudget", "drainTimeout", "databaseConnections",
  ]

  /// Reads and checks all of them.
  public init(reading reader: ConfigReader) throws(ConfigurationError) {
    let read = Reading(reader: reader)
    listen = try Self.listen(read.text("listen") ?? "127.0.0.1:8080")
    socketMode = try Self.mode(read.text("socketMode") ?? "0660")
    socketGroup = read.text("socketGroup")
    if case .tcp = listen, read.text("socketMode") ?? socketGroup != nil {
      throw ConfigurationError("a mode and a group are a Unix socket's: give --listen unix:PATH")
    }
    certificate = read.text("tls.certificate")
    key = read.text("tls.key")
    guard (certificate == nil) == (key == nil) else {
      throw ConfigurationError("TLS takes both --tls-certificate and --tls-key")
    }
    proxies = try Self.proxies(read.text("behindProxy") ?? "")
    issuer = read.text("issuer") ?? "vmfa"
    do throws(VerifierError) { try DeviceRequest.check(issuer: issuer) } catch { throw ConfigurationError("\(error)") }
    logFormat = try read.choice("log.format", LineLogHandler.Format.allCases) ?? .text
    logLevel = try read.choice("log.level", Logger.Level.allCases) ?? .info
    maximumConnections = try read.number("maxConnections", in: 1...1_000_000) ?? 8192
    maximumConnectionsPerAddress = try read.number("maxConnectionsPerAddress", in: 0...1_000_000) ?? 256
    guessBudget = try read.number("guessBudget", in: 0...1_000_000_000) ?? 600
    drainSeconds = try read.number("drainTimeout", in: 1...3600) ?? 20
    databaseConnections = try read.number("databaseConnections", in: 1...1000) ?? 8
    if case .tcp(let host, _) = listen, !Self.isLoopback(host), certificate == nil, proxies.proxies.isEmpty {
      throw ConfigurationError(
        "listening on \(host), which others can reach, without TLS would send codes and secrets in the clear: give "
          + "--tls-certificate and --tls-key, or --behind-proxy with the addresses of a proxy that ends TLS")
    }
  }

  /// Reads the certificate and its key, if TLS is asked for.
  /// - Throws: ``ConfigurationError`` for files that cannot be used.
  public func checkCertificate() throws { _ = try certificates() }

  func certificates() throws -> CertificateStore? {
    guard let certificate, let key else { return nil }
    return try CertificateStore(certificate: certificate, key: key)
  }

  private struct Reading {
    let reader: ConfigReader

    /// What is empty counts as not given.
    func text(_ name: String) -> String? {
      reader.string(forKey: ConfigKey(name)).flatMap { $0.isEmpty ? nil : $0 }
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
      guard let text = text(name) else { return nil }
      guard let number = Int(text), range.contains(number) else {
        throw ConfigurationError("\(name) is a number from \(range.lowerBound) to \(range.upperBound), not \(text)")
      }
      return number
    }

    func choice<T: RawRepresentable<String>>(_ name: String, _ all: [T]) throws(ConfigurationError) -> T? {
      guard let text = text(name) else { return nil }
      guard let value = T(rawValue: text) else {
        throw ConfigurationError("\(name) is one of \(all.map(\.rawValue).joined(separator: ", ")), not \(text)")
      }
      return value
    }
  }

  /// Octal digits, as chmod(1) takes them.
  private static func mode(_ text: String) throws(ConfigurationError) -> UInt32 {
    guard let mode = UInt32(text, radix: 8), (3...4).contains(text.utf8.count), mode <= 0o777, mode & 0o600 == 0o600
    else {
      throw ConfigurationError(
        "socketMode is an octal mode such as 0660 that lets the service itself read and write, not \(text)")
    }
    return mode
  }

  private static func listen(_ text: String) throws(ConfigurationError) -> Listen {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard !path.isEmpty, path.utf8.count < 104 else {
        throw ConfigurationError("the path of a Unix socket has 1 to 103 bytes")
      }
      return .unix(path: path)
    }
    // The last colon: an IPv6 address stands in brackets.
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { throw ConfigurationError("listen is HOST:PORT or unix:PATH, not \(text)") }
    let host = text[..<colon], isBracketed = host.first == "[" && host.last == "]"
    let name = String(isBracketed ? host.dropFirst().dropLast() : host)
    guard !name.isEmpty, isBracketed || !name.contains(":") else {
      throw ConfigurationError("listen is HOST:PORT or unix:PATH, not \(text)")
    }
    return .tcp(host: name, port: port)
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    return AddressRange.bytes(of: host).map(AddressRange.isLoopback) ?? false
  }

  private static func proxies(_ text: String) throws(ConfigurationError) -> ProxyTrust {
    var ranges: [AddressRange] = [], trustsUnixSocket = false
    for word in text.split(separator: ",").map({ String($0.filter { $0 != " " }) }) {
      if word == "unix" {
        trustsUnixSocket = true
      } else if let range = AddressRange(word) {
        ranges.append(range)
      } else {
        throw ConfigurationError(
          "behindProxy is a list of addresses such as 10.0.0.0/8,192.0.2.7, or unix, not \(word)")
      }
    }
    return ProxyTrust(proxies: ranges, trustsUnixSocket: trustsUnixSocket)
  }
}
