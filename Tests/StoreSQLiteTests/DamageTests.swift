import Directory
import StoreContract
import GRDB
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier
import StoreSQLite

/// What is damaged costs none of the others.
@Suite struct DamageTests {
  private let folder: TemporaryFolder
  private let bench: Bench
  private let service: DirectoryService

  /// Of `b` the device, of `c` the user, of `e` the seed; `a` and `d` are whole, and each has a device.
  init() async throws {
    folder = try TemporaryFolder()
    let store = try await SQLiteStore.open(folder.path("verifier.db"), .creatingIfMissing)
    bench = try await Bench(store: store)
    for user in ["a", "b", "c", "d", "e"] { _ = try await bench.enrolled(for: user, name: user) }
    service = DirectoryService(store: store, verifier: bench.verifier)
    try await damage(
      """
      UPDATE vmfa_device_use SET drift = 1000000 WHERE user_name = 'b';
      UPDATE vmfa_user SET failures = 1 << 40 WHERE name = 'c';
      UPDATE vmfa_device SET sealed_seed = zeroblob(48) WHERE user_name = 'e'
      """)
  }

  private func damage(_ sql: String) async throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let database = try DatabaseQueue(path: folder.path("verifier.db"), configuration: configuration)
    try await database.write { try $0.execute(sql: sql) }
  }

  private func serial(_ name: String) async throws -> String {
    try Serial(account: await bench.store.state(of: .user(UserName("a"))).account, name: try DeviceName(name)).text
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

    let accounts = try await service.store.iamUsers(after: nil, pathPrefix: "/", limit: 10)
    #expect(accounts.items.map(\.user.name.text) == ["a", "d", "e"])
    #expect(accounts.unreadable.map(\.name) == ["b", "c"])
    let some = try await service.store.iamUsers(
      named: accounts.items.map(\.user.name) + [UserName("b"), UserName("nobody")])
    #expect(some.items == accounts.items && some.unreadable.map(\.name) == ["b"])
    await #expect(throws: DirectoryError.verifier(.corruptRecord("the user c"))) {
      try await service.iamUser(named: UserName("c"))
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
    await #expect(throws: VerifierError.corruptRecord("the device \(b), the seed of \(e), the user c")) {
      try await bench.verifier.rotateKeys(at: Bench.now)
    }
    #expect(try await bench.store.seedCounts()[old] == 3)
    #expect(try await bench.verify(step: Bench.step(), of: "d").isAccepted)
  }

  @Test func `access keys of all others are sealed anew`() async throws {
    for user in ["a", "d", "e"] { _ = try await service.createAccessKey(for: UserName(user), at: Bench.now) }
    try await damage("UPDATE vmfa_access_key SET sealed = zeroblob(60) WHERE user_name = 'e'")
    _ = try? await bench.verifier.rotateKeys(at: Bench.now)
    #expect(try await service.resealAccessKeys().map(\.name) == ["b", "c", "e"])
    let newest = try await bench.store.keys().last { $0.purpose == .integrity }?.id
    for user in ["a", "d"] {
      let keys = try await service.iamUser(named: UserName(user)).record.accessKeys
      #expect(keys.map(\.secret.keyID) == [newest])
    }
  }

  @Test func `a token that is damaged is refused, stays, and can be revoked`() async throws {
    for name in ["x", "y"] { _ = try await service.createToken(name, scopes: [.verify], at: Bench.now) }
    try await damage("UPDATE vmfa_token SET created_at = -1 WHERE name = 'x'")
    await #expect(throws: DirectoryError.tokenExists("x")) {
      try await service.createToken("x", scopes: [.verify], at: Bench.now)
    }
    _ = try await service.createToken("z", scopes: [.admin], at: Bench.now)
    try await service.revokeToken("y", at: Bench.now)
    let settings = try await service.store.settings(), error = VerifierError.corruptRecord("the token x")
    #expect(settings.tokens.map(\.name) == ["z"])
    #expect(settings.unreadableTokens == [Unreadable(name: "x", error: error)])
    try await service.revokeToken("x", at: Bench.now)
    #expect(try await service.store.settings().tokenNames == ["z"])
    try await damage("INSERT INTO vmfa_account_setting (name, value) VALUES ('password_policy.minimum_length', 'x')")
    #expect(try await service.store.tokens().items.map(\.name) == ["z"])
  }

  @Test func `a seed under a key that is not there costs no other its rotation or its place in an export`() async throws
  {
    try await damage("UPDATE vmfa_device SET key_id = 'gone' WHERE user_name = 'a'")
    let a = try await serial("a"), page = try await bench.verifier.exportDevices(after: nil, limit: 10)
    #expect(page.items.map(\.device.user.text) == ["c", "d"])
    #expect(page.unreadable.contains(Unreadable(name: a, error: .unknownKey("gone"))))
    let problem = "the device \(a): \(VerifierError.unknownKey("gone"))"
    #expect(try await bench.verifier.checkDatabase().problems.contains(problem))
    let old = try await bench.store.keys()[0].id
    let b = try await serial("b"), e = try await serial("e")
    let all = "the device \(b), the seed of \(e), the user c, what is sealed under the key gone"
    await #expect(throws: VerifierError.corruptRecord(all)) { try await bench.verifier.rotateKeys(at: Bench.now) }
    #expect(try await bench.store.seedCounts()[old] == 3)
    try await damage("UPDATE vmfa_device SET key_id = CAST(x'FF' AS TEXT) WHERE user_name = 'a'")
    #expect(try await bench.store.seedCounts()[old] == 3)
  }

  @Test func `a name in another spelling than its own, and an empty one, are nobody's`() async throws {
    for name in ["''", "'e' || char(0x301)"] {
      try await damage(
        "INSERT INTO vmfa_user (name, created_at, failures, locked_until_unlocked) VALUES (\(name), 0, 0, 0)")
    }
    let first = try await bench.store.users(after: nil, limit: 1),
      last = try await bench.store.users(after: "d", limit: 10)
    #expect(first.items.isEmpty && first.unreadable.map(\.name) == [""] && first.next == "")
    #expect(last.items.map(\.name.text) == ["e"] && last.unreadable.map(\.name) == ["e\u{301}"])
    #expect(try await bench.store.users(after: first.next, limit: 1).items.map(\.name.text) == ["a"])
  }

  @Test func `the credential report leaves nobody out`() async throws {
    _ = try await service.initialise(at: Bench.now)
    _ = try await service.createUser(UserName("f"), at: Bench.now)
    try await damage("UPDATE vmfa_profile SET path = CAST(x'FF' AS TEXT)")
    #expect(try await service.unreadable().map(\.name) == ["<root_account>", "b", "c", "f"])
    try await service.generateCredentialReport(at: Bench.now)
    let report = try #require(try await service.store.credentialReport())
    let lines = report.content.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines.map(\.[0]).sorted() == ["<root_account>", "a", "b", "c", "d", "e", "f", "user"])
    #expect(Set(lines.map(\.count)).count == 1)
    #expect(lines.first { $0[0] == "b" }?.dropFirst().allSatisfy { $0 == "no_information" } == true)
  }
}
