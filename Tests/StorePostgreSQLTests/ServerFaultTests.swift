import StoreContract
import Foundation
import OATH
import Synchronization
import TestSupport
import Testing
import Verifier
import StorePostgreSQL

/// What a server, its administrator and the network do to a store. Restarts under load are in Tests/CommandTests.
@Suite struct ServerFaultTests {
  private let server: PostgreSQLServer
  private let database: String

  init() throws {
    server = try PostgreSQLServer.shared.get()
    database = try server.makeDatabase()
  }

  private func failure(of body: () async throws(VerifierError) -> Void) async -> StoreFailure? {
    do throws(VerifierError) {
      try await body()
      return nil
    } catch {
      if case .store(let failure) = error { return failure }
      return .inputOutput("another error: \(error)")
    }
  }

  private func bench(connections: Int = 8, answerTimeout: Double = 10, lockTimeout: Double = 30) async throws -> Bench {
    let bench = try await Bench(
      store: PostgreSQLStore.open(
        database, .creatingIfMissing, connections: connections, answerTimeout: answerTimeout, lockTimeout: lockTimeout))
    _ = try await bench.enrolled()
    return bench
  }

  /// The process ids of the server's sides of the connections.
  private func backends() throws -> [Int32] {
    try server.run(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'vmfa' AND datname = current_database()", at: database
    ).split(separator: "\n").compactMap { Int32($0) }
  }

  private final class Mark: Sendable { let reached = Atomic(false) }

  @Test(arguments: Tampering.all) func `tampering is found`(_ tampering: Tampering) async throws {
    let store = try await PostgreSQLStore.open(database, .creatingIfMissing)
    let batch = { (number: Int) in "batch = \(number)" }
    try await tampering.run(on: store, put: batch, isIn: batch) { [server, database] sql in
      try server.run(sql, at: database)
    }
  }

  @Test func `no server, no database, no tables, no sense`() async throws {
    guard
      case .unreachable = await failure(of: { () throws(VerifierError) in
        _ = try await PostgreSQLStore.open("postgresql:///x?host=/nowhere", .existing)
      })
    else {
      Issue.record("a server was found")
      return
    }
    guard
      case .unreachable = await failure(of: { () throws(VerifierError) in
        _ = try await PostgreSQLStore.open(database.replacing("/test", with: "/none"), .existing)
      })
    else {
      Issue.record("a database was found")
      return
    }
    guard
      case .missing = await failure(of: { () throws(VerifierError) in
        _ = try await PostgreSQLStore.open(database, .existing)
      })
    else {
      Issue.record("tables were found")
      return
    }
    let secret = await failure { () throws(VerifierError) in
      _ = try await PostgreSQLStore.open("postgresql://me:hunter2@[half", .existing)
    }
    #expect(secret?.description.contains("hunter2") == false)
  }

  @Test func `closing waits for what is under way, and ends the connections`() async throws {
    let store = try await bench().store, user = try UserName("alice")
    let begun = AsyncStream.makeStream(of: Void.self), end = Mark()
    try await withThrowingTaskGroup { group in
      group.addTask {
        try await store.transaction(.user(user)) { _ throws(VerifierError) in
          begun.continuation.yield()
          Thread.sleep(forTimeInterval: 0.2)
          end.reached.store(true, ordering: .relaxed)
        }
      }
      for await _ in begun.stream { break }
      await store.close()
      let isOver = end.reached.load(ordering: .relaxed)
      #expect(isOver)
      try await group.waitForAll()
    }
    let found = await failure { () throws(VerifierError) in _ = try await store.rules() }
    #expect(found == .unreachable("the store was closed"))
    // The server may need a moment to see it.
    var tries = 100
    while tries > 0, try !backends().isEmpty {
      try await Task.sleep(for: .milliseconds(50))
      tries -= 1
    }
    #expect(tries > 0)
  }

  @Test func `a newer database is left alone`() async throws {
    _ = try await bench()
    try server.run("INSERT INTO vmfa_migration (name) VALUES ('from the future')", at: database)
    let found = await failure { () throws(VerifierError) in
      _ = try await PostgreSQLStore.open(database, .creatingIfMissing)
    }
    if case .newerSchema = found {} else { Issue.record("\(String(describing: found))") }
  }

  @Test func `tables are made once, by whoever is first`() async throws {
    let accounts = try await withThrowingTaskGroup { [database] group in
      for _ in 0..<8 {
        group.addTask {
          let store = try await PostgreSQLStore.open(database, .creatingIfMissing)
          return try await store.state(of: .user(UserName("alice"))).account
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(accounts.count == 1)
  }

  @Test func `a migration that is cut off leaves nothing, and is done by the next`() async throws {
    // Another session holds a name that the migration needs; then the migration's backend is ended.
    try server.run("CREATE TABLE vmfa_serial (x INT)", at: database)
    let failed = await failure { () throws(VerifierError) in
      _ = try await PostgreSQLStore.open(database, .creatingIfMissing)
    }
    #expect(failed != nil)
    let left = "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'vmfa%' AND tablename <> 'vmfa_serial'"
    #expect(try server.run(left, at: database) == "0")
    try server.run("DROP TABLE vmfa_serial", at: database)
    _ = try await bench()
  }

  @Test func `tables from before uses had rows of their own are brought up to date, with nothing lost`() async throws {
    let before = try await bench()
    _ = try await before.enrolled(for: "bob", name: "bob")
    #expect(try await before.verify(step: Bench.step()).isAccepted)
    let devices = try await before.store.devices(DeviceQuery(limit: 10)).items
    try server.run(
      """
      BEGIN;
      ALTER TABLE vmfa_device ADD COLUMN last_step BIGINT, ADD COLUMN drift BIGINT,
        ADD COLUMN last_side BIGINT CHECK (last_side IN (-1, 0, 1)), ADD COLUMN last_used_at BIGINT;
      UPDATE vmfa_device d SET last_step = n.last_step, drift = n.drift, last_side = n.last_side,
        last_used_at = n.last_used_at FROM vmfa_device_use n WHERE n.number = d.number;
      ALTER TABLE vmfa_device DROP COLUMN number, ALTER COLUMN drift SET NOT NULL, ALTER COLUMN last_side SET NOT NULL;
      DROP TABLE vmfa_device_use;
      DELETE FROM vmfa_migration WHERE name = 'device use';
      COMMIT
      """, at: database)
    let bench = try await Bench(store: PostgreSQLStore.open(database, .existing))
    #expect(try await bench.store.devices(DeviceQuery(limit: 10)).items == devices)
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.reused))
    let later = Bench.now.advanced(by: 90)
    #expect(try await bench.verify(step: Bench.step(at: later), at: later).isAccepted)
    // New devices get numbers that none of the same user has.
    for name in ["second", "third"] {
      _ = try await bench.enrolled(name: name, seed: Array("\(name) seed of 20 bytes".utf8))
    }
    #expect(try await bench.verifier.checkDatabase().problems.isEmpty)
  }

  @Test func `backends that are ended between attempts cost nothing`() async throws {
    let bench = try await bench()
    for round in 0..<Int64(5) {
      // All at once, so that there are several.
      try await withThrowingTaskGroup { [store = bench.store] group in
        for _ in 0..<16 { group.addTask { _ = try await store.rules() } }
        try await group.waitForAll()
      }
      for backend in try backends() { try server.run("SELECT pg_terminate_backend(\(backend))", at: database) }
      let time = Bench.now.advanced(by: 90 * round)
      #expect(try await bench.verify(step: Bench.step(at: time), at: time).isAccepted)
    }
  }

  @Test func `a server that does not answer is given up, and nothing is accepted twice`() async throws {
    let bench = try await bench(connections: 1, answerTimeout: 2, lockTimeout: 0.3)
    let stalled = try backends()
    for backend in stalled { kill(backend, SIGSTOP) }
    defer { for backend in stalled { kill(backend, SIGCONT) } }
    await #expect(throws: VerifierError.store(.unreachable("the database gave no answer in time"))) {
      try await bench.verify(step: Bench.step())
    }
    // On a new connection the service goes on, whatever becomes of the old one.
    #expect(try await bench.verify(step: Bench.step()).isAccepted)
    for backend in stalled { kill(backend, SIGCONT) }
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.reused))
  }

  // With the time for locks on top of each answer's, this would take minutes.
  @Test(.timeLimit(.minutes(1))) func `backends that hang are given up and replaced, and who waits in line is told`()
    async throws
  {
    let bench = try await bench(connections: 2, answerTimeout: 2), store = bench.store
    for round in 0..<4 as Range<Int64> {
      try await withThrowingTaskGroup { group in
        for _ in 0..<16 { group.addTask { _ = try await store.rules() } }
        try await group.waitForAll()
      }
      let stalled = try backends()
      for backend in stalled { kill(backend, SIGSTOP) }
      defer { for backend in stalled { kill(backend, SIGCONT) } }
      let failures = await withTaskGroup { group in
        for _ in 0..<8 {
          group.addTask { await self.failure { () throws(VerifierError) in try await store.checkWriting() } }
        }
        return await group.reduce(into: [] as [StoreFailure]) { failures, failure in
          if let failure { failures.append(failure) }
        }
      }
      #expect(!failures.isEmpty)
      #expect(failures.allSatisfy { $0 == .unreachable("the database gave no answer in time") })
      let time = Bench.now.advanced(by: 90 * round)
      #expect(try await bench.verify(step: Bench.step(at: time), at: time).isAccepted)
    }
  }

  @Test func `a row that another program keeps locked is waited for, and then told`() async throws {
    let bench = try await bench(lockTimeout: 0.3)
    let holder = Process(), input = Pipe(), output = Pipe()
    holder.executableURL = URL(filePath: "/usr/bin/env")
    holder.arguments = ["psql", "-X", "-q", "-t", "-A", database]
    (holder.standardInput, holder.standardOutput) = (input, output)
    try holder.run()
    input.fileHandleForWriting.write(Data("BEGIN; SELECT name FROM vmfa_user FOR UPDATE;\n".utf8))
    _ = output.fileHandleForReading.availableData
    let found = await failure { () throws(VerifierError) in
      _ = try await bench.store.transaction(.user(UserName("alice"))) { state throws(VerifierError) in
        state.user?.failures = 9
      }
    }
    guard case .unreachable(let reason) = found, reason.contains("locked") else {
      Issue.record("\(String(describing: found))")
      return
    }
    input.fileHandleForWriting.closeFile()
    holder.waitUntilExit()
    #expect(try await bench.user().failures == 0)
    #expect(try await bench.verify(step: Bench.step()).isAccepted)
  }

  @Test func `a lock is waited for longer than a server that says nothing`() async throws {
    let bench = try await bench(answerTimeout: 2, lockTimeout: 30)
    let holder = Process(), output = Pipe()
    holder.executableURL = URL(filePath: "/usr/bin/env")
    let locking = "BEGIN; SELECT name FROM vmfa_user FOR UPDATE;", holding = "SELECT pg_sleep(5); COMMIT;"
    holder.arguments = ["psql", "-X", "-q", "-t", "-A", "-c", locking, "-c", holding, database]
    holder.standardOutput = output
    try holder.run()
    _ = output.fileHandleForReading.availableData
    #expect(try await bench.verify(step: Bench.step()).isAccepted)
    holder.waitUntilExit()
  }

  @Test func `as many connections as the server gives, and no error while there is one`() async throws {
    _ = try await bench()
    let role = "app" + database.drop { !$0.isNumber }.prefix { $0.isNumber }
    try server.run(
      "CREATE ROLE \(role) LOGIN CONNECTION LIMIT 2; GRANT ALL ON ALL TABLES IN SCHEMA public TO \(role)", at: database)
    let few = try await Bench(
      store: PostgreSQLStore.open(database.replacing("user=vmfa", with: "user=\(role)"), .existing))
    _ = try await few.store.updateRules([.throttle: 0], records: [])
    let wrong = try Bench.wrongCode()
    try await withThrowingTaskGroup { group in
      for _ in 0..<64 { group.addTask { _ = try await few.verify(wrong) } }
      try await group.waitForAll()
    }
    #expect(try await few.user().failures == 64)
    try server.run("ALTER ROLE \(role) CONNECTION LIMIT 0", at: database)
    let none = await failure { () throws(VerifierError) in
      _ = try await PostgreSQLStore.open(database.replacing("user=vmfa", with: "user=\(role)"), .existing)
    }
    if case .unreachable = none {} else { Issue.record("\(String(describing: none))") }
  }

  @Test func `commits are on the disk whatever the database is set to, and no weaker than it is set to`() async throws {
    _ = try await bench()
    for (set, wanted) in [("off", "on"), ("local", "on"), ("on", "on"), ("remote_apply", "remote_apply")] {
      let name = database.dropFirst("postgresql:///".count).prefix { $0 != "?" }
      try server.run("ALTER DATABASE \(name) SET synchronous_commit = \(set)", at: database)
      let store = try await PostgreSQLStore.open(database, .existing)
      #expect(try await store.setting("synchronous_commit") == wanted)
    }
  }

  @Test func `a standby, or a role that may only read, is told`() async throws {
    _ = try await bench()
    let role = "reader" + database.drop { !$0.isNumber }.prefix { $0.isNumber }
    try server.run("CREATE ROLE \(role) LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role)", at: database)
    let bench = try await Bench(
      store: PostgreSQLStore.open(database.replacing("user=vmfa", with: "user=\(role)"), .existing))
    #expect(try await bench.user().failures == 0)
    await #expect(throws: VerifierError.self) { try await bench.verify(Bench.wrongCode()) }
  }

  @Test func `who may not write is not ready, and who may not be reached is not either`() async throws {
    let bench = try await bench()
    try await bench.store.checkWriting()
    let role = "watcher" + database.drop { !$0.isNumber }.prefix { $0.isNumber }
    try server.run("CREATE ROLE \(role) LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role)", at: database)
    let store = try await PostgreSQLStore.open(database.replacing("user=vmfa", with: "user=\(role)"), .existing)
    _ = try await store.rules()
    #expect(await failure { () throws(VerifierError) in try await store.checkWriting() } != nil)
    await store.close()
    #expect(await failure { () throws(VerifierError) in try await store.checkWriting() } != nil)
  }

  @Test func `rows that do not read back are errors`() async throws {
    let bench = try await bench()
    for damage in [
      "device SET digits = 9", "device SET period = 0", "device SET algorithm = 'MD5'", "device SET id = 'x'",
      "device SET created_at = -1", "device_use SET drift = 99999999", "device_use SET number = 99",
    ] {
      try server.run("BEGIN; UPDATE vmfa_\(damage); COMMIT", at: database)
      await #expect(throws: VerifierError.self) { _ = try await bench.verify(step: Bench.step()) }
      #expect(try await !bench.verifier.checkDatabase().problems.isEmpty)
      try server.run(
        """
        UPDATE vmfa_device SET digits = 6, period = 30, algorithm = 'SHA1', created_at = 1,
          id = (SELECT device_id FROM vmfa_serial);
        UPDATE vmfa_device_use SET drift = 0, number = (SELECT number FROM vmfa_device)
        """, at: database)
    }
    #expect(try await bench.verify(step: Bench.step()).isAccepted)
  }
}
