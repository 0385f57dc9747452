import CoreMetrics
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import OATH
import Synchronization
import Testing

@testable import ServiceHTTP

@Suite struct ProxyTrustTests {
  private func trust(_ ranges: [String], unix: Bool = false) -> ProxyTrust {
    ProxyTrust(proxies: ranges.compactMap(AddressRange.init), trustsUnixSocket: unix)
  }

  @Test func `only a trusted proxy is believed, and of its words only what trusted ones added`() {
    let trust = trust(["10.0.0.0/8", "fd00::/8"])
    #expect(trust.source(peer: "192.0.2.1", forwardedFor: ["203.0.113.1"]) == "192.0.2.1")
    #expect(trust.source(peer: "10.1.2.3", forwardedFor: ["203.0.113.1"]) == "203.0.113.1")
    #expect(trust.source(peer: "10.1.2.3", forwardedFor: ["6.6.6.6, 203.0.113.1", "10.9.9.9"]) == "203.0.113.1")
    #expect(trust.source(peer: "fd00::1", forwardedFor: ["2001:db8::1"]) == "2001:db8::1")
    #expect(trust.source(peer: "10.1.2.3", forwardedFor: ["6.6.6.6, nonsense"]) == "10.1.2.3")
    #expect(trust.source(peer: "10.1.2.3", forwardedFor: ["203.0.113.1:443"]) == "203.0.113.1")
    #expect(trust.source(peer: "10.1.2.3", forwardedFor: ["[2001:db8::1]:443, 10.9.9.9:80"]) == "2001:db8::1")
    #expect(trust.source(peer: "10.1.2.3", forwardedFor: ["[2001:db8::1"]) == "10.1.2.3")
    #expect(trust.source(peer: "::ffff:10.1.2.3", forwardedFor: ["203.0.113.1"]) == "203.0.113.1")
    #expect(trust.source(peer: nil, forwardedFor: ["203.0.113.1"]) == nil)
    #expect(self.trust([], unix: true).source(peer: nil, forwardedFor: ["203.0.113.1"]) == "203.0.113.1")
  }

  @Test(arguments: ["", "10.0.0.0/33", "10.0.0", "10.0.0.0/-1", "::1/129", "a/8", "10.0.0.0/"])
  func `what is no network is none`(text: String) { #expect(AddressRange(text) == nil) }

  @Test func `an IPv6 network is one address, and what many share is none`() {
    #expect(AddressRange.network(of: "2001:db8::1") == AddressRange.network(of: "2001:db8::ffff:1"))
    #expect(AddressRange.network(of: "2001:db8::1") != AddressRange.network(of: "2001:db8:0:1::1"))
    #expect(AddressRange.network(of: "192.0.2.1") != AddressRange.network(of: "192.0.2.2"))
    for shared in [nil, "127.0.0.1", "::1", "nonsense"] { #expect(AddressRange.network(of: shared) == nil) }
  }
}

@Suite struct RouteTableTests {
  private let table = RouteTable([
    .init(.get, "/") { _, _ in .nothing }, .init(.get, "/v1/devices") { _, _ in .nothing },
    .init(.delete, "/v1/devices/{id}") { _, _ in .nothing },
    .init(.post, "/v1/users/{user}/verify") { _, _ in .nothing }, .init(.get, "/v1/{any}/new") { _, _ in .nothing },
    .init(.get, "/v1/devices/new") { _, _ in .nothing },
  ])

  private func name(_ method: HTTPRequest.Method, _ path: String) -> String {
    switch table.match(method, RouteTable.segments(of: path)) {
    case .route(let route, let parameters): route.name + parameters.map { " " + $0 }.joined()
    case .otherMethods(let methods): "405 " + methods.map(\.rawValue).joined(separator: ",")
    case .none: "404"
    }
  }

  @Test func `routes, methods and parameters`() {
    #expect(name(.get, "/") == "/" && name(.head, "/v1/devices") == "/v1/devices")
    #expect(name(.delete, "/v1/devices/a%2Fb") == "/v1/devices/{id} a%2Fb")
    #expect(name(.get, "/v1/devices/x") == "405 DELETE" && name(.put, "/") == "405 GET")
    // What is spelled out comes first; what takes anything is still there for other methods and names.
    #expect(name(.get, "/v1/devices/new") == "/v1/devices/new" && name(.get, "/v1/x/new") == "/v1/{any}/new x")
    #expect(name(.delete, "/v1/devices/new") == "/v1/devices/{id} new")
    #expect(name(.put, "/v1/devices/new") == "405 GET,DELETE,GET")
    for path in ["/v1", "/v1/devices/", "//v1/devices", "/v1/users//verify", "/v1/users/a/b/verify", "v1/devices", ""] {
      #expect(name(.post, path) == "404", "\(path)")
    }
  }
}

@Suite struct MetricsTests {
  @Test func `metrics are written as Prometheus reads them`() {
    let registry = PrometheusMetrics()
    Counter(label: "a_total", dimensions: [("k", "x\"\n\\")], factory: registry).increment(by: 2)
    Counter(label: "a_total", dimensions: [("k", "x\"\n\\")], factory: registry).increment()
    Gauge(label: "g", factory: registry).record(2.5)
    CoreMetrics.Timer(label: "t_seconds", factory: registry).recordNanoseconds(30_000_000)
    let lines = registry.render().split(separator: "\n").map(String.init)
    #expect(lines.prefix(4) == ["# TYPE a_total counter", #"a_total{k="x\"\n\\"} 3"#, "# TYPE g gauge", "g 2.5"])
    #expect(lines.contains(#"t_seconds_bucket{le="0.025"} 0"#) && lines.contains(#"t_seconds_bucket{le="0.05"} 1"#))
    #expect(lines.suffix(2) == ["t_seconds_sum 0.03", "t_seconds_count 1"])
  }
}

@Suite struct OpenConnectionsTests {
  private func channel(_ address: String) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    channel.remoteAddress = try SocketAddress(ipAddress: address, port: 1)
    return channel
  }

  @Test func `one network has so many connections, and gets the places of those that it closes`() throws {
    let proxies = ProxyTrust(proxies: ["10.0.0.0/8"].compactMap(AddressRange.init))
    let connections = OpenConnections(limit: 100, limitPerNetwork: 2, proxies: proxies)
    let first = try channel("192.0.2.1")
    #expect(connections.admit(first))
    #expect(try connections.admit(channel("192.0.2.1")))
    for _ in 0..<2 { #expect(try !connections.admit(channel("192.0.2.1"))) }
    #expect(try connections.admit(channel("192.0.2.2")))
    _ = try first.finish()
    #expect(try connections.admit(channel("192.0.2.1")))
    #expect(try !connections.admit(channel("192.0.2.1")))
    // An IPv6 network is one address; this machine, and a proxy, speak for many.
    for (address, isAdmitted) in [("2001:db8::1", true), ("2001:db8::2", true), ("2001:db8::3", false)] {
      #expect(try connections.admit(channel(address)) == isAdmitted)
    }
    for _ in 0..<5 {
      for address in ["127.0.0.1", "::1", "10.1.2.3"] { #expect(try connections.admit(channel(address))) }
    }
  }

  @Test func `no limit is none`() throws {
    let connections = OpenConnections(limit: 100, limitPerNetwork: 0, proxies: ProxyTrust(proxies: []))
    for _ in 0..<300 { #expect(try connections.admit(channel("192.0.2.1"))) }
  }
}

@Suite struct UnknownProxyWarningTests {
  private func warnings(_ proxies: [String], unix: Bool = false, from peers: [String?]) -> Int {
    let count = Mutex(0)
    let logger = Logger(label: "test") { _ in CountingLogHandler { count.withLock { $0 += 1 } } }
    let trust = ProxyTrust(proxies: proxies.compactMap(AddressRange.init), trustsUnixSocket: unix)
    let warning = UnknownProxyWarning(proxies: trust, logger: logger)
    for peer in peers { warning.forwardedForWasSent(by: peer) }
    return count.withLock { $0 }
  }

  @Test func `a proxy on this machine that is not known is warned of, once`() {
    #expect(warnings([], from: ["127.0.0.1", "127.0.0.1", nil]) == 1)
    #expect(warnings([], from: ["::1"]) == 1 && warnings([], from: [nil]) == 1)
    #expect(warnings(["127.0.0.1"], from: ["127.0.0.1"]) == 0 && warnings([], unix: true, from: [nil]) == 0)
    // From elsewhere anybody may send the header.
    #expect(warnings([], from: ["192.0.2.1"]) == 0)
  }
}

private struct CountingLogHandler: LogHandler {
  let count: @Sendable () -> Void
  var metadata = Logger.Metadata()
  var logLevel = Logger.Level.warning

  init(_ count: @escaping @Sendable () -> Void) { self.count = count }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { count() }
}
