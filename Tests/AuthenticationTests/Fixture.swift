import Authentication
import Directory
import OATH
import OpenSSLCrypto
import StoreContract
import Verifier

/// A directory in memory, with a root user, an administrator and two users.
struct Fixture {
  static let now = Bench.now
  let bench: Bench
  let directory: DirectoryService

  init() async throws {
    let store = try InMemoryStore()
    bench = try await Bench(store: store)
    directory = DirectoryService(store: store, verifier: bench.verifier, hasher: .cheap())
    _ = try await directory.initialise(id: AccountID("123456789012"), at: Self.now)
    _ = try await directory.createUser(UserName("ada"), administrator: true, at: Self.now)
    for name in ["una", "ugo"] { _ = try await directory.createUser(UserName(name), at: Self.now) }
  }

  func user(_ name: String) async throws -> IAMUser { try await directory.iamUser(named: UserName(name)) }
  func root() async throws -> IAMUser { try await directory.iamUser(named: .root) }

  static func secret(_ text: String) -> SharedSecret {
    let bytes = Array(text.utf8)
    return SharedSecret(SecretBytes(copying: bytes.span))
  }
}

/// Somebody who signs in, and never goes away.
struct Client: SignInClient {
  var network: String? = "c6336401"
  var source: String? = "198.51.100.1"
  var agent = "a browser"

  func whileWaiting<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    try await body()
  }
}
