import StoreContract
import DurableFiles
import Foundation
import GRDB
import OATH
import Synchronization
import TestSupport
import Testing
import Verifier
import StoreSQLite

/// What many have in common who write at once: the disk, and the seal of their audit rows.
@Suite(.timeLimit(.minutes(2))) struct GroupCommitTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("verifier.db") }

  init() throws { folder = try TemporaryFolder() }

  /// A disk that can be stopped and fail, with a real file behind it.
  private final class Disk: Sendable {
    private let state = Mutex((waits: 0, failures: 0))
    private let isStopped = Mutex(false)

    var waits: Int { state.withLock { $0.waits } }
    func stop(_ stops: Bool) { isStopped.withLock { $0 = stops } }
    func fail(times: Int) { state.withLock { $0.failures = times } }

    func wait(for log: FileSync) throws {
      while isStopped.withLock({ $0 }) { usleep(1000) }
      let fails = state.withLock { state in
        state.waits += 1
        defer { state.failures = max(0, state.failures - 1) }
        return state.failures > 0
      }
      if fails { throw FileError.failed(path: "the log", reason: "Input/output error") }
      try log.wait()
    }
  }

  private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
  }

  private func bench(on disk: Disk, users: Int = 1) async throws -> Bench {
    let bench = try await Bench(
      store: SQLiteStore.open(path, .creatingIfMissing) { try disk.wait(for: $0) })
    for index in 0..<users { _ = try await bench.enrolled(for: "u\(index)") }
    return bench
  }

  /// 64 verifications, of users of their own.
  /// - Returns: their verdicts, nil for errors.
  private func verifyTogether(
    _ bench: Bench, on disk: Disk, _ body: () async throws -> Void = {}
  ) async throws -> [Verdict?] {
    try await together(on: disk, body) { try? await bench.verify(step: Bench.step(), of: "u\($0)") }
  }

  /// 64 attempts that all wait before the first is committed; the disk stands still until `body` has looked.
  private func together<R: Sendable>(
    on disk: Disk, _ body: () async throws -> Void = {}, _ attempt: @escaping @Sendable (Int) async -> R
  ) async throws -> [R] {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    // Somebody may be sealing.
    configuration.busyMode = .timeout(30)
    let other = try DatabaseQueue(path: path, configuration: configuration), begun = Counter()
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    disk.stop(true)
    let results = Task {
      await withTaskGroup(of: R.self) { group in
        for index in 0..<64 {
          group.addTask {
            begun.add()
            return await attempt(index)
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    while begun.count < 64 { await Task.yield() }
    try await Task.sleep(for: .milliseconds(200))
    try other.inDatabase { try $0.execute(sql: "COMMIT") }
    try await body()
    disk.stop(false)
    return await results.value
  }

  /// Spends a step of a device if it is not spent yet, in a transaction of another user's.
  /// - Returns: whether it was spent by this.
  private static func spend(_ step: Int64, of device: DeviceReference, on bench: Bench) async throws -> Bool {
    let unit = TransactionUnit.enrolment(of: device, to: try UserName("somebody"))
    return try await bench.store.transaction(unit) { state throws(VerifierError) in
      let index = try state.index(of: device), last = state.devices[index].lastStep ?? .min
      state.devices[index].lastStep = max(step, last)
      return last < step
    }
  }

  /// Returns once the commit that the disk is to take is made.
  private func waitForCommit() async throws {
    let reader = try DatabaseQueue(path: path),
      used = "SELECT COUNT(*) FROM vmfa_device_use WHERE last_used_at IS NOT NULL"
    for _ in 0..<10_000 {
      if try await reader.read({ try Int.fetchOne($0, sql: used) }) ?? 0 > 0 { return }
      try await Task.sleep(for: .milliseconds(1))
    }
    Issue.record("there was no commit")
  }

  @Test func `nothing is answered before the disk has it, and all that waits shares the way there`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 64), before = disk.waits
    let verdicts = try await verifyTogether(bench, on: disk) {
      try await waitForCommit()
      #expect(disk.waits == before)
    }
    #expect(verdicts.count == 64 && verdicts.allSatisfy { $0?.isAccepted == true })
    #expect(disk.waits - before < 32)
  }

  // Users are read in one go before the turns of their transactions come.
  @Test(arguments: [0, 16]) func `of those who share a commit, each sees what came before`(others: Int) async throws {
    let disk = Disk(), bench = try await bench(on: disk), step = Bench.step()
    var devices: [DeviceReference] = []
    for user in 0..<16 {
      for _ in 0..<user % 3 { _ = try await bench.created(for: "shared\(user)") }
      devices.append(try await bench.enrolled(for: "shared\(user)"))
    }
    let spent: [Bool?] = try await together(on: disk) { [devices] index in
      if index < others { return try? await Self.spend(step, of: devices[index], on: bench) }
      return switch try? await bench.verify(step: step, of: index < 60 ? "shared\(index % 16)" : "nobody") {
      case .accepted: true
      case .rejected(.reused): false
      case .rejected, nil: nil
      }
    }
    #expect(spent.count { $0 == true } == 16)
    #expect(spent.count { $0 == false } == 44)
    for device in devices { #expect(try await bench.device(device).lastStep == step) }
  }

  // The use of devices is written at the end of a commit, and before whatever else runs in it.
  @Test func `what is deleted in the commit that holds its use stays deleted`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 32)
    let results: [Bool] = try await together(on: disk) { index in
      let user = "u\(index / 2)"
      if index % 2 == 0 { return (try? await bench.verify(step: Bench.step(), of: user))?.isAccepted ?? false }
      return (try? await bench.verifier.deleteUser(UserName(user), evenIfEnabled: true, at: Bench.now)) != nil
    }
    // Some may be deleted before they are used.
    #expect(results.count { $0 } > 32)
    #expect(try await bench.store.users(after: nil, limit: 100).items.isEmpty)
    #expect(try await bench.store.checkIntegrity().isEmpty)
  }

  @Test func `a use that cannot be written costs nobody else`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 64), step = Bench.step()
    let results: [Bool] = try await together(on: disk) { index in
      guard index % 16 == 5 else { return (try? await bench.verify(step: step, of: "u\(index)"))?.isAccepted ?? false }
      return
        (try? await bench.store.transaction(.user(UserName("u\(index)"))) { state throws(VerifierError) in
          (state.devices[0].lastStep, state.devices[0].lastSide) = (step, 5)
        }) != nil
    }
    #expect(results.count { $0 } == 60)
    for index in 0..<64 {
      let verdict = try await bench.verify(step: step, of: "u\(index)")
      #expect(index % 16 == 5 ? verdict.isAccepted : verdict == .rejected(.reused))
    }
  }

  @Test func `who comes as the writer leaves is served`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 4)
    try await withThrowingTaskGroup { group in
      for index in 0..<4 {
        group.addTask {
          for step in 0..<40 {
            // It stays for ten milliseconds.
            try await Task.sleep(for: .microseconds(9000 + 53 * step + 17 * index))
            #expect(
              try await bench.verify(step: Bench.step() + Int64(step % 2), of: "u\(index)").isAccepted == (step < 2))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `a disk that fails answers nobody, and nothing is built upon what it lost`() async throws {
    let disk = Disk(), bench = try await bench(on: disk)
    disk.fail(times: 1)
    await #expect {
      _ = try await bench.verify(step: Bench.step(), of: "u0")
    } throws: { error in
      if case VerifierError.store(.outcomeUnknown) = error { true } else { false }
    }
    await #expect {
      _ = try await bench.verify(step: Bench.step() + 1, of: "u0")
    } throws: { error in
      if case VerifierError.store(.unreachable) = error { true } else { false }
    }
    let store = try #require(bench.store as? SQLiteStore)
    // The store reports its breakdown once, and accepts nothing more.
    #expect(await store.breakdown() == .store(.outcomeUnknown("the disk failed while it was written to")))
    await #expect(throws: VerifierError.self) { try await store.checkWriting() }
    await store.close()
    await store.close()
    // Started again, it is found to have been kept, and is not good a second time.
    let again = try await Bench(store: SQLiteStore.open(path, .existing))
    #expect(try await again.verify(step: Bench.step(), of: "u0") == .rejected(.reused))
  }

  @Test func `a check of writing writes, each time, and the disk has it`() async throws {
    let disk = Disk(), bench = try await bench(on: disk)
    for _ in 0..<2 {
      let log = { try Data(contentsOf: URL(filePath: path + "-wal")) }
      let before = try log(), waits = disk.waits
      try await bench.store.checkWriting()
      #expect(try log() != before && disk.waits == waits + 1)
    }
  }

  @Test func `a failure that is told once answers nobody who comes later either`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 64)
    let verdicts = try await verifyTogether(bench, on: disk) {
      try await waitForCommit()
      disk.fail(times: 1)
    }
    #expect(verdicts.count == 64 && verdicts.allSatisfy { $0 == nil })
  }

  @Test func `audit rows that come together are sealed together, and found if they are touched`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 64)
    let sealer = AuditSealer(verifier: bench.verifier, interval: .seconds(3600))
    let running = Task { await sealer.run(now: { Bench.now }) }
    while try await bench.store.auditBatches(after: 0, limit: 1).isEmpty { await Task.yield() }
    let before = try await bench.store.auditBatches(after: 0, limit: 100).count
    // A commit that has to begin anew does not seal its rows; who is not there, and is asked for twice, is no reason for that.
    let results: [Bool] = try await together(on: disk) { index in
      (try? await bench.verify(step: Bench.step(), of: index % 8 == 7 ? "nobody" : "u\(index)"))?.isAccepted ?? false
    }
    let batches = try await bench.store.auditBatches(after: 0, limit: 100).dropFirst(before)
    #expect(batches.count >= 2 && batches.allSatisfy { $0.rowCount >= 6 })
    var report = try await bench.verifier.verifyAudit()
    #expect(results.count { $0 } == 56)
    #expect(report.findings.isEmpty && report.unsealedCount + batches.reduce(0) { $0 + $1.rowCount } == 56)

    let batch = try #require(batches.first)
    let row = try #require(try await bench.store.auditRecords(inBatch: batch.number).first)
    try await DatabaseQueue(path: path).write { database in
      try database.execute(sql: "DELETE FROM vmfa_audit_event WHERE id = ?", arguments: [row.id])
    }
    report = try await bench.verifier.verifyAudit()
    #expect(report.findings == [.rowMissing(id: row.id, batch: batch.number)])
    running.cancel()
    await running.value
  }
}
