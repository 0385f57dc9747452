import CheckpointRecorder
import StoreContract
import Foundation
import GRDB
import OATH
import TestSupport
import Testing
import Verifier
import StoreSQLite

/// How the write-ahead log is carried over. In versions of SQLite that have the WAL-reset bug, a checkpoint that starts on a
/// log that is carried over, while a writer begins that anew, loses what is written next.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CheckpointTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("verifier.db") }

  init() throws {
    folder = try TemporaryFolder()
    unsafe checkpoints_watch(path)
  }

  private func open(frames: Int) async throws -> SQLiteStore {
    try await SQLiteStore.open(path, .creatingIfMissing, carryingOver: frames)
  }

  private func logSize() -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int) ?? 0
  }

  /// So many right codes of each user, all users at once, then nothing.
  private func burst(_ bench: Bench, users: Int, from first: Int64, count: Int64) async throws {
    try await withThrowingTaskGroup { group in
      for user in 0..<users {
        group.addTask {
          for turn in first..<first + count {
            let time = Bench.now.advanced(by: 90 * turn)
            let verdict = try await bench.verify(step: Bench.step(at: time), of: "u\(user)", at: time)
            #expect(verdict.isAccepted)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  // 90 frames are carried over under the writer's lock, 400 while others write.
  @Test(arguments: [90, 400]) func `no checkpoint starts on a log that is carried over, and none begins anew`(
    frames: Int
  ) async throws {
    let store = try await open(frames: frames), bench = try await Bench(store: store)
    for user in 0..<8 { _ = try await bench.enrolled(for: "u\(user)") }
    for round in 0..<12 as Range<Int64> {
      // Beside it, what a command does: open, write, close.
      async let command: Void = {
        for turn in 0..<3 {
          let beside = try await Bench(store: open(frames: frames))
          _ = try await beside.created(for: "command \(round) \(turn)")
          await beside.store.close()
        }
      }()
      try await burst(bench, users: 8, from: round * 20, count: 20)
      try await command
    }
    let counts = checkpoints_counted()
    #expect(counts.calls >= 3)
    #expect(counts.on_carried_log == 0 && counts.while_log_began_anew == 0)
    // Each commit adds a few pages at most.
    #expect(logSize() < 10 * frames * 4120)
    #expect(try await bench.verifier.checkDatabase().problems.isEmpty)
    await store.close()
  }

  // Each pass is over before the next commit: at the end of the first, the database has all of the log.
  @Test(arguments: [90, 400]) func `no pass starts right after one that carried everything over`(
    frames: Int
  ) async throws {
    let store = try await open(frames: frames), bench = try await Bench(store: store)
    for user in 0..<2 { _ = try await bench.enrolled(for: "u\(user)") }
    for turn in 0..<400 as Range<Int64> {
      try await burst(bench, users: 2, from: turn, count: 1)
      store.finishCheckpoint()
    }
    let counts = checkpoints_counted()
    #expect(counts.calls >= 2 && counts.on_carried_log == 0)
    await store.close()
  }

  @Test func `a log that only commands write stays short, though some program always has the database open`()
    async throws
  {
    let first = try await Bench(store: open(frames: 40))
    _ = try await first.enrolled(for: "u0")
    let reader = try DatabaseQueue(path: path)
    _ = try await reader.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM vmfa_user") }
    await first.store.close()
    for turn in 0..<60 as Range<Int64> {
      let bench = try await Bench(store: open(frames: 40))
      try await burst(bench, users: 1, from: turn, count: 1)
      await bench.store.close()
    }
    #expect(checkpoints_counted().calls > 0 && checkpoints_counted().on_carried_log == 0)
    #expect(logSize() < 200 * 4120)
    try reader.close()
  }

  @Test func `a reader that stays has the log carried over to no purpose only now and then`() async throws {
    let store = try await open(frames: 60), bench = try await Bench(store: store)
    for user in 0..<4 { _ = try await bench.enrolled(for: "u\(user)") }
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let reader = try DatabaseQueue(path: path, configuration: configuration)
    try reader.inDatabase { try $0.execute(sql: "BEGIN; SELECT COUNT(*) FROM vmfa_user") }
    try await burst(bench, users: 4, from: 0, count: 100)
    let counts = checkpoints_counted()
    #expect(counts.calls > 0 && counts.calls < 60 && counts.on_carried_log == 0)
    try reader.inDatabase { try $0.execute(sql: "COMMIT") }
    try reader.close()
    // The last connection to close carries over the rest.
    await store.close()
    #expect(logSize() == 0)
  }

  @Test func `no connection carries the log over of its own accord`() async throws {
    let store = try await open(frames: 1000)
    #expect(try await store.setting("wal_autocheckpoint") == 0)
  }

  @Test(arguments: [
    (3_040_001, true), (3_044_005, true), (3_044_006, false), (3_045_000, true), (3_050_006, true), (3_050_007, false),
    (3_051_000, true), (3_051_002, true), (3_051_003, false), (3_052_000, false), (3_053_001, false),
  ]) func `versions that lose logs are known`(version: Int, losesLogs: Bool) {
    #expect(SQLiteLibrary.losesLogs(version: version) == losesLogs)
  }
}
