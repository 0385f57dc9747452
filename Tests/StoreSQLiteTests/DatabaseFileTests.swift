import StoreContract
import Foundation
import GRDB
import OATH
import TestSupport
import Testing
import Verifier
import StoreSQLite

/// Files that are missing, damaged, foreign, newer, locked: told apart, and left as they were.
@Suite struct DatabaseFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("data/verifier.db") }

  init() throws { folder = try TemporaryFolder() }

  private func opening(
    _ opening: SQLiteStore.Opening = .existing, lockTimeout: Double = 0.05
  ) async -> StoreFailure? {
    do {
      _ = try await SQLiteStore.open(path, opening, lockTimeout: lockTimeout)
      return nil
    } catch {
      if case .store(let failure) = error { return failure }
      return .inputOutput("another error: \(error)")
    }
  }

  private func make() async throws -> Bench {
    let bench = try await Bench(store: SQLiteStore.open(path, .creatingIfMissing))
    _ = try await bench.enrolled()
    return bench
  }

  @Test func `made where it is missing, for its owner alone`() async throws {
    #expect(await opening() == .missing(place: path))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(await opening(.creatingIfMissing) == nil)
    let mode = { try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int }
    #expect(try mode(path) == 0o600 && mode(folder.path("data")) == 0o700)
    #expect(await opening() == nil)
  }

  @Test func `made by many at once, it is one`() async throws {
    let path = path
    let accounts = try await withThrowingTaskGroup { group in
      for _ in 0..<12 {
        group.addTask {
          let store = try await SQLiteStore.open(path, .creatingIfMissing)
          return try await store.state(of: .user(UserName("alice"))).account
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(accounts.count == 1)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("data"))
    #expect(files.allSatisfy { $0.hasPrefix("verifier.db") && !$0.contains("tmp") })
  }

  @Test(arguments: [false, true]) func `an empty file is an empty database`(hasHeader: Bool) async throws {
    try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: path))
    // SQLite writes this header page into an empty file.
    if hasHeader { try await DatabaseQueue(path: path).vacuum() }
    #expect(await opening() == .missing(place: path))
    let path = path
    let accounts = try await withThrowingTaskGroup { group in
      for _ in 0..<6 {
        group.addTask {
          let store = try await SQLiteStore.open(path, .creatingIfMissing)
          return try await store.state(of: .user(UserName("alice"))).account
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(accounts.count == 1)
    #expect(try await make().verify(step: Bench.step()).isAccepted)
  }

  @Test func `a database of another program is not taken for an empty file`() async throws {
    try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: true)
    for sql in ["CREATE TABLE t (x)", "PRAGMA user_version = 1", "PRAGMA application_id = 1"] {
      try? FileManager.default.removeItem(atPath: path)
      let other = try DatabaseQueue(path: path)
      try await other.writeWithoutTransaction { try $0.execute(sql: sql) }
      try other.close()
      #expect(await opening(.creatingIfMissing) == .corrupt(place: path, reason: "it was not made by vmfa"))
    }
  }

  @Test func `the log is written ahead and synchronised by whoever answers, foreign keys are on`() async throws {
    let bench = try await make()
    let journal = try await DatabaseQueue(path: path).read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
    #expect(journal == "wal")
    let store = try #require(bench.store as? SQLiteStore)
    // FULL, and told apart from what carries the log over: see `sqlite_gather_log`. GroupCommitTests have the rest.
    #expect(try await store.setting("checkpoint_fullfsync") == 1)
    #expect(try await store.setting("cache_spill") == 0)
    #expect(try await store.setting("synchronous") == 2)
    #expect(try await store.setting("foreign_keys") == 1)
  }

  @Test(arguments: [1, 50, 100, 4096, 8192]) func `a truncated file is refused and left alone`(size: Int)
    async throws
  {
    _ = try await make()
    // What is in the log goes into the file first, so that it is really cut.
    try DatabaseQueue(path: path).inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(size).write(to: URL(filePath: path))
    guard case .corrupt(path, _) = await opening() else {
      Issue.record("\(String(describing: await opening()))")
      return
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == whole.prefix(size))
  }

  @Test func `a link leads to the file and to its log`() async throws {
    _ = try await make()
    try FileManager.default.createSymbolicLink(atPath: folder.path("link.db"), withDestinationPath: path)
    let bench = try await Bench(store: SQLiteStore.open(folder.path("link.db"), .existing))
    _ = try await bench.enrolled(for: "bob")
    #expect(try await bench.verify(step: Bench.step(), of: "bob").isAccepted)
    #expect(!FileManager.default.fileExists(atPath: folder.path("link.db-wal")))
  }

  @Test func `another program's database is left alone`() async throws {
    try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: true)
    try await DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE other (x)") }
    #expect(await opening(.creatingIfMissing) == .corrupt(place: path, reason: "it was not made by vmfa"))
    try Data("not a database, though long enough to be taken for one by its size alone".utf8).write(
      to: URL(filePath: path))
    guard case .corrupt = await opening() else {
      Issue.record("\(String(describing: await opening()))")
      return
    }
  }

  @Test func `a newer database is left alone`() async throws {
    _ = try await make()
    try await DatabaseQueue(path: path).write {
      try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('from the future')")
    }
    #expect(await opening() == .newerSchema(place: path))
  }

  @Test func `another program's lock is waited for, and then told`() async throws {
    let bench = try await make()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    let impatient = try await SQLiteStore.open(path, .existing, lockTimeout: 0.05)
    let user = try UserName("alice")
    await #expect(throws: VerifierError.store(.unreachable("another program keeps \(path) locked"))) {
      try await impatient.transaction(.user(user)) { state throws(VerifierError) in state.user?.failures = 9 }
    }
    try other.inDatabase { try $0.execute(sql: "COMMIT") }
    #expect(try await bench.user().failures == 0)
  }

  @Test func `rows that do not read back are errors`() async throws {
    let bench = try await make()
    let raw = try DatabaseQueue(path: path)
    for damage in [
      "device SET digits = 9", "device SET period = 0", "device SET algorithm = 'MD5'", "device SET id = 'x'",
      "device SET created_at = -1", "device SET sync_drift = -9223372036854775807",
      "device SET sync_failures = 9223372036854775807", "device_use SET drift = 9223372036854775807",
      "device_use SET last_step = -1", "device_use SET number = 99", "device_use SET user_name = 'bob'",
    ] {
      try await raw.write { try $0.execute(sql: "UPDATE vmfa_\(damage)") }
      await #expect(throws: VerifierError.self) { _ = try await bench.verify(step: Bench.step()) }
      #expect(try await !bench.verifier.checkDatabase().problems.isEmpty)
      try await raw.write {
        try $0.execute(
          sql: """
            UPDATE vmfa_device SET digits = 6, period = 30, algorithm = 'SHA1', created_at = 1, sync_drift = 0, sync_failures = 0,
              id = (SELECT device_id FROM vmfa_serial);
            UPDATE vmfa_device_use SET drift = 0, last_step = NULL, number = (SELECT number FROM vmfa_device),
              user_name = (SELECT user_name FROM vmfa_device)
            """)
      }
    }
    try await raw.write { try $0.execute(sql: "UPDATE vmfa_user SET failures = 9223372036854775807") }
    await #expect(throws: VerifierError.corruptRecord("the user alice")) {
      _ = try await bench.verify(Bench.wrongCode())
    }
    try await raw.write { try $0.execute(sql: "UPDATE vmfa_user SET failures = 0") }
    try await raw.write { try $0.execute(sql: "INSERT INTO vmfa_verification_rule VALUES ('window', 99)") }
    await #expect(throws: VerifierError.corruptRecord("the verification rules")) {
      _ = try await bench.verify(step: Bench.step())
    }
  }
}
