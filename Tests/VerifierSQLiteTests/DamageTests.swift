import Accounts
import DeviceStoreContract
import GRDB
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier
import VerifierSQLite

/// What is damaged costs none of the others.
@Suite struct DamageTests {
  private let folder: TemporaryFolder
  private let bench: Bench
  private let service: AccountService

  /// Of `b` the device, of `c` the user, of `e` the seed; `a` and `d` are whole, and each has a device.
  init() async throws {
    folder = try TemporaryFolder()
    let path = folder.path("verifier.db"), store = try await SQLiteDeviceStore.open(path, .creatingIfMissing)
    bench = try await Bench(store: store)
    for user in ["a", "b", "c", "d", "e"] { _ = try await bench.enrolled(for: user, name: user) }
    try await DatabaseQueue(path: path).write { database in
      try database.execute(
        sql: """
          UPDATE vmfa_device_use SET drift = 1000000 WHERE user_name = 'b';
          UPDATE vmfa_user SET failures = 1 << 40 WHERE name = 'c';
          UPDATE vmfa_device SET sealed_seed = zeroblob(48) WHERE user_name = 'e'
          """)
    }
    service = AccountService(store: store, verifier: bench.verifier)
  }

  private func serial(_ name: String) async throws -> String {
    Serial(account: try await bench.store.state(of: .user(UserName("a"))).account, name: try DeviceName(name)).text
  }

  @Test func `lists are of all others, and name it`() async throws {
    var devices: [String] = [], unreadable: [Unreadable] = [], query = DeviceQuery(limit: 2)
    repeat {
      let page = try await bench.store.devices(query)
      devices += page.items.map(\.user.text)
      unreadable += page.unreadable
      query.after = page.next
    } while query.after != nil
    let serial = try await serial("b")
    #expect(devices == ["a", "c", "d", "e"])
    #expect(unreadable == [Unreadable(name: serial, error: .corruptRecord("the device \(serial)"))])

    let users = try await bench.store.users(after: nil, limit: 10)
    #expect(users.items.map(\.name.text) == ["a", "b", "d", "e"])
    #expect(users.unreadable == [Unreadable(name: "c", error: .corruptRecord("the user c"))])

    let accounts = try await service.store.accounts(after: nil, pathPrefix: "/", limit: 10)
    #expect(accounts.items.map(\.user.name.text) == ["a", "d", "e"])
    #expect(accounts.unreadable.map(\.name) == ["b", "c"])
    #expect(try await service.store.accounts(of: accounts.items.map(\.user.name) + [UserName("b")]) == accounts.items)
    await #expect(throws: AccountError.verifier(.corruptRecord("the user c"))) {
      try await service.account(of: UserName("c"))
    }
  }

  @Test func `a check names all of it`() async throws {
    let report = try await bench.verifier.checkDatabase(), b = try await serial("b"), e = try await serial("e")
    #expect(report.userCount == 4 && report.deviceCount == 4)
    let problems: [VerifierError] = [.corruptRecord("the user c"), .corruptRecord("the device \(b)")]
    #expect(report.problems.prefix(2) == problems.map { "\($0)" }[...])
    #expect(report.problems.dropFirst(2).allSatisfy { $0.hasPrefix("the device \(e): the seed of \(e)") })
    #expect(report.problems.count == 3)
  }

  @Test func `an export has all others`() async throws {
    let page = try await bench.verifier.exportDevices(after: nil, limit: 10)
    #expect(page.items.map(\.device.user.text) == ["a", "c", "d"])
    #expect(page.unreadable.map(\.name) == [try await serial("b"), try await serial("e")])
  }

  @Test func `a rotation gives all others their new seal, and keeps the old key`() async throws {
    let old = try await bench.store.keys()[0].id, b = try await serial("b"), e = try await serial("e")
    await #expect(throws: VerifierError.corruptRecord("the user c, the seed of \(e), the device \(b)")) {
      try await bench.verifier.rotateKeys(at: Bench.now)
    }
    #expect(try await bench.store.seedCounts()[old] == 3)
    #expect(try await bench.verify(step: Bench.step(), of: "d").isAccepted)
  }

  @Test func `access keys of all others are sealed anew`() async throws {
    for user in ["a", "d"] { _ = try await service.createAccessKey(for: UserName(user), at: Bench.now) }
    _ = try? await bench.verifier.rotateKeys(at: Bench.now)
    await #expect(throws: AccountError.self) { try await service.resealAccessKeys() }
    let newest = try await bench.store.keys().last { $0.purpose == .integrity }?.id
    for user in ["a", "d"] {
      let keys = try await service.account(of: UserName(user)).record.accessKeys
      #expect(keys.map(\.secret.keyID) == [newest])
    }
  }

  @Test func `a token that is damaged is refused, stays, and can be revoked`() async throws {
    for name in ["x", "y"] { _ = try await service.createToken(name, scopes: [.verify], at: Bench.now) }
    try await DatabaseQueue(path: folder.path("verifier.db")).write { database in
      try database.execute(sql: "UPDATE vmfa_token SET created_at = -1 WHERE name = 'x'")
    }
    await #expect(throws: AccountError.tokenExists("x")) {
      try await service.createToken("x", scopes: [.verify], at: Bench.now)
    }
    _ = try await service.createToken("z", scopes: [.admin], at: Bench.now)
    try await service.revokeToken("y", at: Bench.now)
    let settings = try await service.store.settings(), error = VerifierError.corruptRecord("the token x")
    #expect(settings.tokens.map(\.name) == ["z"])
    #expect(settings.unreadableTokens == [Unreadable(name: "x", error: error)])
    try await service.revokeToken("x", at: Bench.now)
    #expect(try await service.store.settings().tokenNames == ["z"])
  }

  @Test func `the credential report leaves nobody out`() async throws {
    _ = try await service.initialise(at: Bench.now)
    try await DatabaseQueue(path: folder.path("verifier.db")).write { database in
      try database.execute(sql: "UPDATE vmfa_profile SET path = CAST(x'FF' AS TEXT) WHERE user_name = '<root_account>'")
    }
    #expect(try await service.unreadable().map(\.name) == ["<root_account>", "b", "c"])
    try await service.generateCredentialReport(at: Bench.now)
    let report = try #require(try await service.store.credentialReport())
    let lines = report.content.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines.map(\.[0]).sorted() == ["<root_account>", "a", "b", "c", "d", "e", "user"])
    #expect(Set(lines.map(\.count)).count == 1)
    #expect(lines.first { $0[0] == "b" }?.dropFirst().allSatisfy { $0 == "no_information" } == true)
  }
}
