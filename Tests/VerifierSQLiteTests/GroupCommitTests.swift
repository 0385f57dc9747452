import DeviceStoreContract
import DurableFiles
import Foundation
import GRDB
import OATH
import Synchronization
import TestSupport
import Testing
import Verifier
import VerifierSQLite

/// What many have in common who write at once: the disk, and the seal of their audit rows.
@Suite struct GroupCommitTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("verifier.db") }

  init() throws { folder = try TemporaryFolder() }

  /// A disk that can be stopped and broken, with a real file behind it.
  private final class Disk: Sendable {
    private let state = Mutex((waits: 0, isBroken: false))
    private let isStopped = Mutex(false)

    var waits: Int { state.withLock { $0.waits } }
    func stop(_ stops: Bool) { isStopped.withLock { $0 = stops } }
    func breakDown() { state.withLock { $0.isBroken = true } }

    func wait(for log: FileSync) throws {
      while isStopped.withLock({ $0 }) { usleep(1000) }
      let isBroken = state.withLock { state in
        state.waits += 1
        return state.isBroken
      }
      if isBroken { throw FileError.failed(path: "the log", reason: "Input/output error") }
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
      store: SQLiteDeviceStore.open(path, .creatingIfMissing) { try disk.wait(for: $0) })
    for index in 0..<users { _ = try await bench.enrolled(for: "u\(index)") }
    return bench
  }

  @Test func `nothing is answered before the disk has it, and all that waits shares the way there`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 64), answered = Counter(), before = disk.waits
    disk.stop(true)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<64 {
        group.addTask {
          let verdict = try await bench.verify(step: Bench.step(), of: "u\(index)")
          #expect(verdict.isAccepted)
          answered.add()
        }
      }
      // Two commits are made by then, one of them ahead of the disk: others see them, and nobody is told.
      let reader = try DatabaseQueue(path: path)
      let used = "SELECT COUNT(*) FROM vmfa_device WHERE last_used_at IS NOT NULL"
      while try await reader.read({ try Int.fetchOne($0, sql: used) }) ?? 0 < 2 { await Task.yield() }
      try await Task.sleep(for: .milliseconds(50))
      #expect(answered.count == 0)
      disk.stop(false)
      try await group.waitForAll()
    }
    #expect(disk.waits - before < 32)
  }

  @Test func `a disk that fails answers nobody, and nothing is built upon what it lost`() async throws {
    let disk = Disk(), bench = try await bench(on: disk)
    disk.breakDown()
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
    // Started again, it is found to have been kept, and is not good a second time.
    let again = try await Bench(store: SQLiteDeviceStore.open(path, .existing))
    #expect(try await again.verify(step: Bench.step(), of: "u0") == .rejected(.reused))
  }

  @Test func `audit rows that come together are sealed together, and found if they are touched`() async throws {
    let disk = Disk(), bench = try await bench(on: disk, users: 64)
    let sealer = AuditSealer(verifier: bench.verifier, interval: .seconds(3600))
    let running = Task { await sealer.run(now: { Bench.now }) }
    while try await bench.store.auditBatches(after: 0, limit: 1).isEmpty { await Task.yield() }
    let before = try await bench.store.auditBatches(after: 0, limit: 100).count
    disk.stop(true)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<64 { group.addTask { _ = try await bench.verify(step: Bench.step(), of: "u\(index)") } }
      try await Task.sleep(for: .milliseconds(50))
      disk.stop(false)
      try await group.waitForAll()
    }
    let batches = try await bench.store.auditBatches(after: 0, limit: 100).dropFirst(before)
    #expect(batches.count >= 2 && batches.allSatisfy { $0.rowCount >= 6 })
    var report = try await bench.verifier.verifyAudit()
    #expect(report.findings.isEmpty && report.unsealedCount + batches.reduce(0) { $0 + $1.rowCount } == 64)

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
