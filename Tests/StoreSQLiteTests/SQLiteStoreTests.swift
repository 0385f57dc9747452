import ServiceHarness
import StoreContract
import Foundation
import GRDB
import OATH
import TestSupport
import Testing
import Verifier
import StoreSQLite

@Suite struct SQLiteStoreTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("verifier.db") }

  init() throws { folder = try TemporaryFolder() }

  private func bench() async throws -> Bench {
    let bench = try await Bench(store: SQLiteStore.open(path, .creatingIfMissing))
    _ = try await bench.enrolled()
    return bench
  }

  @Test(arguments: StoreContract.checks)
  func contract(check: StoreContract.Check) async throws {
    let path = path
    try await check.run { try await SQLiteStore.open(path, .creatingIfMissing) }
  }

  @Test(arguments: DirectoryContract.checks)
  func accounts(check: DirectoryContract.Check) async throws {
    let path = path
    try await check.run { try await SQLiteStore.open(path, .creatingIfMissing) }
  }

  @Test(arguments: Tampering.all + Tampering.moves) func `tampering is found`(_ tampering: Tampering) async throws {
    let store = try await SQLiteStore.open(path, .creatingIfMissing), path = path
    try await tampering.run(
      on: store, put: { "number = \($0 * 1024 + 1000)" },
      isIn: { "number BETWEEN \($0 * 1024) AND \($0 * 1024 + 1023)" }
    ) { sql in try await DatabaseQueue(path: path).write { try $0.execute(sql: sql) } }
  }

  @Test func `readers see the last commit and wait for no writer`() async throws {
    let bench = try await bench()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let writer = try DatabaseQueue(path: path, configuration: configuration)
    try writer.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE; UPDATE vmfa_user SET failures = 7") }
    #expect(try await bench.user().failures == 0)
    #expect(try await bench.store.devices(DeviceQuery()).items.count == 1)
    #expect(try await bench.verifier.verifyAudit().findings.isEmpty)
    try writer.inDatabase { try $0.execute(sql: "COMMIT") }
    #expect(try await bench.user().failures == 7)
  }

  @Test func `one that throws among those that share a commit takes back its own changes only`() async throws {
    let bench = try await bench()
    let alice = try UserName("alice")
    _ = try await bench.store.updateRules([.throttle: 0], records: [])
    let wrong = try Bench.wrongCode(), written = try await bench.store.auditRecords(AuditQuery())
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<400 {
        group.addTask {
          switch index % 4 {
          case 0: _ = try? await bench.verify(wrong)
          case 1:
            try? await bench.store.transaction(.user(alice)) { state throws(VerifierError) in
              state.user?.failures += 1000
              throw .corruptRecord("x")
            }
          case 2:
            // The rows of a commit are written at its end: one that nobody can write is still its own writer's trouble.
            await #expect(throws: VerifierError.self) { try await bench.store.append([written[0]]) }
          default:
            // Refused by the database, after its audit row was taken along: which nobody could write a second time.
            try? await bench.store.transaction(.user(alice)) { state throws(VerifierError) in
              state.user?.failures += 1000
              state.devices[0].seed = SealedSecret(keyID: "none", box: state.devices[0].seed.box)
              state.records = [written[0]]
            }
          }
        }
      }
    }
    #expect(try await bench.user().failures == 100)
    #expect(try await bench.store.auditRecords(AuditQuery(name: .verifyCode, limit: 1000)).count == 100)
  }

  @Test(arguments: [false, true]) func `a file that is removed or replaced under the store is no place for codes`(
    isReplaced: Bool
  ) async throws {
    let bench = try await bench()
    try await (bench.store as? SQLiteStore)?.backUp(to: folder.path("copy.db"))
    try FileManager.default.removeItem(atPath: path)
    if isReplaced { try FileManager.default.moveItem(atPath: folder.path("copy.db"), toPath: path) }
    await #expect(
      throws: VerifierError.store(
        .unreachable("\(path) was removed or replaced while it was in use: start this program again"))
    ) { try await bench.verify(step: Bench.step()) }
  }

  @Test func `a backup is whole, and leaves what is in its place alone`() async throws {
    let bench = try await bench(), copy = folder.path("copy.db")
    let store = try #require(bench.store as? SQLiteStore)
    let wrong = try Bench.wrongCode()
    try await withThrowingTaskGroup { group in
      for _ in 0..<50 { group.addTask { _ = try await bench.verify(wrong) } }
      try await store.backUp(to: copy)
      try await group.waitForAll()
    }
    let restored = try await Bench(store: SQLiteStore.open(copy, .existing))
    #expect(try await restored.verifier.checkDatabase() == DatabaseReport(users: 1, devices: 1))
    #expect(try await restored.verifier.verifyAudit().findings.isEmpty)
    await #expect(throws: VerifierError.self) { try await store.backUp(to: copy) }
    let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
    #expect(!files.contains { $0.contains("tmp") })
  }

  @Test func `a row that lies where the next batch belongs keeps no other from being sealed, and is found`()
    async throws
  {
    let bench = try await Bench(store: SQLiteStore.open(path, .creatingIfMissing)), path = path
    _ = try await bench.enrolled()
    let head = try #require(try await bench.verifier.sealAudit(at: Bench.now))
    _ = try await bench.verify(step: Bench.step())
    try await DatabaseQueue(path: path).write { database in
      try database.execute(
        sql: """
          INSERT INTO vmfa_audit_event (number, id, time, event, outcome, user_name, actor, key_id, tag)
          VALUES (?, 'x', 1, 'x', 'x', 'x', 'x', 'x', X'00')
          """, arguments: [(head.number + 1) * 1024])
    }
    #expect(try await bench.verifier.verifyAudit().findings == [.rowAdded(id: "x", batch: head.number + 1)])
    #expect(try await bench.verifier.sealAudit(at: Bench.now)?.number == head.number + 1)
    let report = try await bench.verifier.verifyAudit(against: head)
    #expect(report.findings == [.rowChanged(id: "x", batch: nil)] && report.unsealedCount == 1)
  }

  @Test func `an audit row whose id is not text is told of, and looked at once`() async throws {
    let bench = try await Bench(store: SQLiteStore.open(path, .creatingIfMissing))
    _ = try await bench.enrolled()
    try await DatabaseQueue(path: path).write { database in
      try database.execute(
        sql: """
          INSERT INTO vmfa_audit_event (number, id, time, event, outcome, user_name, actor, key_id, tag)
          VALUES (-1, CAST(X'7A7AFF' AS TEXT), 1, 'x', 'x', 'x', 'x', 'x', X'00')
          """)
    }
    let findings = try await bench.verifier.verifyAudit().findings
    #expect(!findings.isEmpty && findings.allSatisfy { $0 == .rowChanged(id: "zz\u{FFFD}", batch: nil) })
  }

  /// What would read back as another name would be met for ever, page after page.
  @Test func `a device or user whose name is not UTF-8 cannot be read`() async throws {
    let bench = try await bench()
    let database = try DatabaseQueue(path: path)
    try await database.write { try $0.execute(sql: "UPDATE vmfa_device SET serial = CAST(x'FF' AS TEXT)") }
    let device = VerifierError.corruptRecord("the device of alice")
    let page = try await bench.store.devices(DeviceQuery(limit: 1))
    #expect(page.items.isEmpty && page.unreadable == [Unreadable(name: nil, error: device)] && page.next == nil)
    await #expect(throws: device) { try await bench.verifier.rotateKeys(at: Bench.now) }
    await #expect(throws: device) { try await bench.verify(step: Bench.step()) }
    let problems = try await bench.verifier.checkDatabase().problems
    #expect(problems.contains("\(device)"))
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO vmfa_user (name, created_at, failures, locked_until_unlocked) VALUES (CAST(x'FF' AS TEXT), 0, 0, 0)
          """)
    }
    let user = VerifierError.corruptRecord("a user")
    #expect(try await bench.verifier.checkDatabase().problems.contains("\(user)"))
    // Nothing could come after one of them: they are on a page that is the last, or on none.
    _ = try await bench.created(for: "bob")
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO vmfa_user (name, created_at, failures, locked_until_unlocked) VALUES (CAST(x'FE' AS TEXT), 0, 0, 0)
          """)
    }
    let first = try await bench.store.users(after: "alice", limit: 2)
    #expect(first.items.map(\.name.text) == ["bob"] && first.unreadable.isEmpty && first.next == "bob")
    #expect(try await bench.store.users(after: first.next, limit: 2).unreadable.count == 2)
    await #expect(throws: user) { try await bench.store.users(after: first.next, limit: 1) }
  }

  @Test func `audit rows from before they lay by their batches stay in them, and what was forged stays out`()
    async throws
  {
    let bench = try await Bench(store: SQLiteStore.open(path, .creatingIfMissing))
    _ = try await bench.enrolled()
    for step in 0..<5 { _ = try await bench.verify(step: Bench.step() + Int64(step % 2)) }
    let head = try #require(try await bench.verifier.sealAudit(at: Bench.now))
    _ = try await bench.verify(step: 1)
    let before = try await bench.verifier.verifyAudit(against: head)
    #expect(before.findings.isEmpty && before.unsealedCount > 0 && before.batchCount == 1)
    try await DatabaseQueue(path: path).write { database in
      try database.execute(
        sql: """
          CREATE TABLE before (
            id TEXT PRIMARY KEY, time INTEGER NOT NULL, event TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT,
            user_name TEXT NOT NULL, device TEXT, actor TEXT NOT NULL, source TEXT, request_id TEXT, key_id TEXT NOT NULL,
            tag BLOB NOT NULL, batch INTEGER
          ) STRICT, WITHOUT ROWID;
          INSERT INTO before SELECT id, time, event, outcome, reason, user_name, device, actor, source, request_id, key_id,
            tag, CASE WHEN number >= 0 THEN number >> 10 END FROM vmfa_audit_event;
          INSERT INTO before SELECT 'too high', time, event, outcome, reason, user_name, device, actor, source, request_id,
            key_id, tag, 9223372036854775807 FROM vmfa_audit_event LIMIT 1;
          INSERT INTO before SELECT 'none', time, event, outcome, reason, user_name, device, actor, source, request_id,
            key_id, tag, 0 FROM vmfa_audit_event LIMIT 1;
          DROP TABLE vmfa_audit_event;
          ALTER TABLE before RENAME TO vmfa_audit_event;
          CREATE INDEX vmfa_audit_event_unsealed ON vmfa_audit_event (id) WHERE batch IS NULL;
          CREATE INDEX vmfa_audit_event_by_batch ON vmfa_audit_event (batch, id) WHERE batch IS NOT NULL;
          DELETE FROM grdb_migrations WHERE identifier = 'audit by batch';
          """)
    }
    let again = try await Bench(store: SQLiteStore.open(path, .existing))
    let after = try await again.verifier.verifyAudit(against: head)
    #expect(after.findings == [.rowChanged(id: "none", batch: nil), .rowChanged(id: "too high", batch: nil)])
    #expect(after.batchCount == 1 && after.rowCount == before.rowCount + 2 && after.head == head)
    _ = try await again.verify(step: 2)
    #expect(try await again.verifier.sealAudit(at: Bench.now)?.number == 2)
  }

  /// Made by a version that lost the zero of the account id 012345678901 when it read it, and then could read nothing more.
  @Test func `a database whose account id begins with a zero can be used`() async throws {
    let old = Vectors.root.appending(path: "TestVectors/databases"), key = folder.path("master.key")
    try FileManager.default.copyItem(atPath: old.appending(path: "account-zero.db").path, toPath: path)
    try FileManager.default.copyItem(atPath: old.appending(path: "account-zero.key").path, toPath: key)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    let store = try await SQLiteStore.open(path, .existing)
    let verifier = Verifier(store: store, keys: try await KeyRing(opening: store, keyFile: key, makingKey: false))
    let bench = Bench(store: store, verifier: verifier)
    let device = try await bench.device(try await bench.enrolled())
    #expect(device.serial.text == "arn:aws:iam::012345678901:mfa/alice")
    #expect(try await bench.verify(step: Bench.step()).isAccepted)
    #expect(try await verifier.checkDatabase().problems.isEmpty)
  }

  /// Made by the version before audit rows: two users, an enabled device, a failure, a rule.
  @Test func `a database from before is brought up to date, with nothing lost`() async throws {
    let old = Vectors.root.appending(path: "TestVectors/databases")
    try FileManager.default.copyItem(atPath: old.appending(path: "before-audit.db").path, toPath: path)
    let key = folder.path("master.key")
    try FileManager.default.copyItem(atPath: old.appending(path: "before-audit.key").path, toPath: key)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    let store = try await SQLiteStore.open(path, .existing)
    let verifier = Verifier(store: store, keys: try await KeyRing(opening: store, keyFile: key, makingKey: false))
    #expect(try await verifier.checkDatabase() == DatabaseReport(users: 2, devices: 2))
    let (alice, devices) = try await verifier.user(UserName("alice"))
    #expect(alice.failures == 1 && devices[0].lastStep == 58_333_333)
    #expect(try await store.rules()[.window] == 2)
    let secret = try String(contentsOf: old.appending(path: "before-audit.secret"), encoding: .utf8)
    let time = UnixTime.epoch.advanced(by: 1_750_000_200)
    var totp = try TOTP(secret: Base32.decode(Array(secret.utf8).span, .lenient))
    let code = try #require(try totp.code(at: time))
    #expect(try await verifier.verify(code, of: UserName("alice"), at: time).isAccepted)
    #expect(try await verifier.verify(code, of: UserName("alice"), at: time) == .rejected(.reused))
    // What was used before, too: the watermark came along.
    let before = devices[0].parameters.t0.advanced(by: 58_333_333 * 30)
    let used = try #require(try totp.code(at: before))
    #expect(try await verifier.verify(used, of: UserName("alice"), at: before) == .rejected(.reused))
    // Its first rotation gives up the key from before, which knew no master key.
    _ = try await verifier.rotateKeys(at: time)
    #expect(try await store.keys().allSatisfy { $0.copies.map(\.master) != [""] })
    #expect(try await verifier.checkDatabase().problems.isEmpty)
  }

  @Test func `a database, keys, tokens and sessions of the version before work`() async throws {
    let folder = try TemporaryFolder(), path = folder.path("v.db"), key = folder.path("master.key")
    try FileManager.default.copyItem(atPath: UpgradeCheck.file("sqlite.db").path, toPath: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try UpgradeCheck.copyKey("sqlite", to: key)
    try await UpgradeCheck.load("sqlite").run(on: SQLiteStore.open(path, .existing), keyFile: key)
  }
}
