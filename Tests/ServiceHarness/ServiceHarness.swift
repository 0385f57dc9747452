import Configuration
package import Directory
import Foundation
package import HTTPTypes
import Logging
import LoginService
package import OATH
package import OpenSSLCrypto
package import ServiceHTTP
package import StoreContract
import Synchronization
package import Verifier

/// The whole service on a store in memory. Requests go through the responder, without a socket.
package final class ServiceHarness: Sendable {
  package static let account = "123456789012"

  package let directory: DirectoryService
  package let bench: Bench
  /// Root's first access key.
  package let rootKey: Signer
  private let server: LoginServer
  private let clock: TestClock

  /// The service's clock.
  package var now: UnixTime {
    get { clock.now }
    set { clock.now = newValue }
  }

  /// A service on an empty store in memory.
  package convenience init() async throws {
    let store = try InMemoryStore()
    let keys = try await KeyRing(opening: store, with: Bench.master())
    let directory = Self.directory(store, keys)
    let made = try await directory.initialise(id: AccountID(Self.account), at: Bench.now)
    try self.init(
      store: store, keys: keys, rootKey: Signer(id: made.key.id, secret: made.secret), at: Bench.now)
  }

  /// A service on a store that exists.
  package init(store: any DirectoryStore, keys: KeyRing, rootKey: Signer, at now: UnixTime) throws {
    bench = Bench(store: store, verifier: Verifier(store: store, keys: keys))
    directory = Self.directory(store, keys)
    self.rootKey = rootKey
    let clock = TestClock(now)
    self.clock = clock
    server = try LoginServer(
      settings: ServerSettings(reading: ConfigReader(provider: InMemoryProvider(values: [:]))), store: store,
      keys: keys, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { clock.now },
      answeringConstantlyAt: nil, hasher: .cheap())
  }

  private static func directory(_ store: any DirectoryStore, _ keys: KeyRing) -> DirectoryService {
    DirectoryService(store: store, verifier: Verifier(store: store, keys: keys), hasher: .cheap())
  }

  /// The patterns of all routes.
  package var routes: [String] { server.routes }

  /// Sends a request.
  /// - Parameter target: path and query.
  package func send(
    _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], body: String = ""
  ) async -> Answer {
    let query = target.split(separator: "?", maxSplits: 1).dropFirst().first
    return await server.answer(
      to: Incoming(
        id: "request", method: method, target: target, query: query, headers: headers, host: "vmfa.example",
        body: Array(body.utf8), source: "198.51.100.1", isEncrypted: false, time: now))
  }

  // MARK: REST

  /// Sends a REST call.
  /// - Returns: the status, and the body as text.
  package func rest(
    _ method: HTTPRequest.Method, _ path: String, _ json: String? = nil, token: String?
  ) async -> (status: Int, body: String) {
    var headers = HTTPFields()
    headers[.authorization] = token.map { "Bearer \($0)" }
    if json != nil { headers[.contentType] = "application/json" }
    let answer = await send(method, path, headers: headers, body: json ?? "")
    return (answer.status.code, answer.text)
  }

  /// A new token.
  package func token(_ scope: APIToken.Scope) async throws -> String {
    try await directory.createToken("\(scope)-\(UUID())", scopes: [scope], at: now).secret
  }

  // MARK: IAM and STS

  /// Calls an action of IAM or STS.
  /// - Returns: the status, and the answer in XML.
  package func iam(
    _ action: String, _ parameters: [String: String] = [:], service: String = "iam", as signer: Signer? = nil
  ) async throws -> (status: Int, xml: String) {
    let version = service == "iam" ? "2010-05-08" : "2011-06-15"
    let form = parameters.merging(["Action": action, "Version": version]) { own, _ in own }
    let body = form.sorted { $0.key < $1.key }.map {
      "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))"
    }.joined(separator: "&")
    var headers = try (signer ?? rootKey).headers(for: service, body: body, at: now)
    headers[.contentType] = "application/x-www-form-urlencoded"
    let answer = await send(.post, "/", headers: headers, body: body)
    return (answer.status.code, answer.text)
  }

  /// A new access key of a user.
  package func key(of user: String) async throws -> Signer {
    let (key, secret) = try await directory.createAccessKey(for: UserName(user), at: now)
    return Signer(id: key.id, secret: secret)
  }

  package func secret(_ text: String) -> SharedSecret {
    let bytes = Array(text.utf8)
    return SharedSecret(SecretBytes(copying: bytes.span))
  }
}

/// A clock that stands still until it is set.
private final class TestClock: Sendable {
  private let time: Mutex<UnixTime>

  init(_ time: UnixTime) { self.time = Mutex(time) }

  var now: UnixTime {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }
}

extension Answer {
  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Signs requests with Signature Version 4, as a client does.
package struct Signer: Sendable {
  package var id: String
  package var secret: SharedSecret
  package var sessionToken: String?

  package init(id: String, secret: SharedSecret, sessionToken: String? = nil) {
    self.id = id
    self.secret = secret
    self.sessionToken = sessionToken
  }

  package init(id: String, secret: String, sessionToken: String? = nil) {
    let bytes = Array(secret.utf8)
    self.init(id: id, secret: SharedSecret(SecretBytes(copying: bytes.span)), sessionToken: sessionToken)
  }

  private static func mac(_ key: [UInt8], _ text: String) throws -> [UInt8] {
    var mac = try HMAC(.sha256, key: SecretBytes(copying: key.span))
    return try mac.withAuthenticationCode(of: Array(text.utf8).span) { span in span.indices.map { span[$0] } }
  }

  package func headers(for service: String, body: String, at now: UnixTime) throws -> HTTPFields {
    let time = now.text.filter { $0 != "-" && $0 != ":" }, date = String(time.prefix(8))
    var signed = [("host", "vmfa.example"), ("x-amz-date", time)]
    if let sessionToken { signed.append(("x-amz-security-token", sessionToken)) }
    let names = signed.map(\.0).joined(separator: ";"), scope = "\(date)/us-east-1/\(service)/aws4_request"
    let lines = ["POST", "/", ""] + signed.map { "\($0.0):\($0.1)" } + ["", names]
    let payload = try SHA256.hash(Array(body.utf8).span).hexadecimal
    let canonical = (lines + [payload]).joined(separator: "\n")
    let hash = try SHA256.hash(Array(canonical.utf8).span).hexadecimal
    var key = secret.bytes.withBytes { bytes in Array("AWS4".utf8) + bytes.indices.map { bytes[$0] } }
    for part in [date, "us-east-1", service, "aws4_request"] { key = try Self.mac(key, part) }
    let signature = try Self.mac(key, "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(hash)").hexadecimal
    var fields = HTTPFields()
    for (name, value) in signed.dropFirst() {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    fields[.authorization] =
      "AWS4-HMAC-SHA256 Credential=\(id)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    return fields
  }
}

/// A browser: cookies, and forms with what is hidden in them.
package struct Browser {
  package let service: ServiceHarness
  private var cookies: [String: String]
  private(set) var answer = Answer(.ok)

  /// - Parameter cookies: that the browser holds.
  package init(_ service: ServiceHarness, cookies: [String: String] = [:]) {
    self.service = service
    self.cookies = cookies
  }

  package var text: String { answer.text }
  package var location: String? { answer.headers[.location] }

  private mutating func send(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async -> Int {
    var headers = HTTPFields()
    if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
    if method == .post { headers[.contentType] = "application/x-www-form-urlencoded" }
    answer = await service.send(method, path, headers: headers, body: body)
    for line in answer.headers[values: .setCookie] {
      let parts = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
      cookies[parts[0]] = line.contains("Max-Age=0") ? nil : parts.last
    }
    return answer.status.code
  }

  /// - Returns: the status.
  package mutating func get(_ path: String) async -> Int { await send(.get, path) }

  /// Sends a form of the page that is shown.
  /// - Returns: the status.
  package mutating func post(_ path: String, _ fields: [String: String] = [:]) async -> Int {
    let token = text.firstMatch(of: /name="token" value="([0-9a-f]{64})"/).map { String($0.1) } ?? ""
    let body = fields.merging(["token": token]) { own, _ in own }.map {
      "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))"
    }.joined(separator: "&")
    return await send(.post, path, body)
  }

  package mutating func signIn(_ user: String, _ password: String) async -> Int {
    _ = await get("/signin")
    return await post("/signin", ["user": user, "password": password])
  }
}
