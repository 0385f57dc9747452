internal import CSQLite
internal import Dispatch
package import DurableFiles
internal import GRDB
public import OATH
public import Verifier
internal import StoreSQL

/// Devices in one SQLite file: the embedded store. Any number of threads and processes may use the file at once.
///
/// Writing transactions begin as such (`BEGIN IMMEDIATE`), so that what is read is what is written back; they are on
/// the disk before an answer is given (see `GroupCommit`), and those that wait at the same time share a commit.
/// Readers see the last commit and wait for nobody. SQLite blocks its caller, so everything runs on queues of its own,
/// off the cooperative threads.
public final class SQLiteStore: DeviceStore {
  /// What to do where there is no database.
  public enum Opening: Sendable {
    /// It is an error.
    case existing
    /// One is made, in a folder of mode 0700 and with mode 0600.
    case creatingIfMissing
  }

  private let pool: DatabasePool
  private let writer: GroupCommit
  private let checkpointer: Checkpointer
  private let place: String

  /// Throws where the file is not the one that was opened.
  private let check: @Sendable () throws -> Void

  private init(
    pool: DatabasePool, file: FileIdentity?, place: String, frames: Int,
    synchronize: @escaping @Sendable () throws -> Void
  ) {
    self.pool = pool
    self.place = place
    check = {
      // Codes that were spent in a file that nobody finds again would be good once more in the one that took its place.
      guard try FileIdentity(of: place) == file else {
        throw StoreFailure.unreachable("\(place) was removed or replaced while it was in use: start this program again")
      }
    }
    checkpointer = Checkpointer(
      path: place, configuration: DatabaseFile.configuration(lockTimeout: 0), interval: frames)
    writer = GroupCommit(pool: pool, checkpointer: checkpointer, check: check, synchronize: synchronize)
  }

  deinit { writer.finish() }

  /// Opens the database, on a thread of its own: it may have to wait for other writers, and to bring the tables up to
  /// date.
  /// - Parameters:
  ///   - path: the file.
  ///   - opening: what to do where there is none.
  ///   - lockTimeout: seconds to wait for other writers before they are taken for stuck.
  /// - Throws: `VerifierError.store`.
  public static func open(
    _ path: String, _ opening: Opening, lockTimeout: Double = 30
  ) async throws(VerifierError) -> SQLiteStore {
    try await open(path, opening, lockTimeout: lockTimeout, carryingOver: nil)
  }

  /// The same, for tests.
  /// - Parameters:
  ///   - frames: how long a log is that is carried over.
  ///   - wait: stands between a commit and its answers, for disks that fail.
  package static func open(
    _ path: String, _ opening: Opening, lockTimeout: Double = 30, carryingOver frames: Int? = nil,
    waiting wait: @escaping @Sendable (FileSync) throws -> Void = { log throws(FileError) in try log.wait() }
  ) async throws(VerifierError) -> SQLiteStore {
    let (pool, file, log) = try await onThread { () throws(VerifierError) in
      try DatabaseFile.open(path, opening, lockTimeout: lockTimeout)
    }
    return SQLiteStore(
      pool: pool, file: file, place: path, frames: frames ?? Checkpointer.usualInterval
    ) { try wait(log) }
  }

  public func transaction(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> Void
  ) async throws(VerifierError) {
    try await commit { try $0.change(unit, body) }
  }

  public func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState {
    try await read { try $0.state(of: unit) }
  }

  public func devices(_ query: DeviceQuery) async throws(VerifierError) -> Listing<Device> {
    try await read { try $0.devices(query) }
  }

  public func users(after name: String?, limit: Int) async throws(VerifierError) -> Listing<User> {
    try await read { try $0.users(after: name, limit: limit) }
  }

  public func rules() async throws(VerifierError) -> VerificationRules { try await read { try $0.rules() } }

  public func updateRules(
    _ changes: [VerificationRules.Setting: Int64], records: [AuditRecord]
  ) async throws(VerifierError) -> VerificationRules {
    try await write { try $0.updateRules(changes, records: records) }
  }

  public func keys() async throws(VerifierError) -> [StoredKey] { try await read { try $0.keys() } }

  public func changeKeys<R: Sendable>(
    _ body: @escaping @Sendable (inout KeyState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await write { try $0.changeKeys(body) }
  }

  public func seedCounts() async throws(VerifierError) -> [String: Int] { try await read { try $0.seedCounts() } }

  public func lockCounts(at now: UnixTime) async throws(VerifierError) -> (users: Int, devices: Int) {
    try await read { try $0.lockCounts(at: now) }
  }

  public func append(_ records: [AuditRecord]) async throws(VerifierError) {
    try await write { try $0.insert(records) }
  }

  public func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord] {
    try await read { try $0.auditRecords(query) }
  }

  public func auditRecords(inBatch number: Int64) async throws(VerifierError) -> [AuditRecord] {
    try await read { try $0.auditRecords(inBatch: number) }
  }

  public func auditBatches(after number: Int64?, limit: Int) async throws(VerifierError) -> [AuditBatch] {
    try await read { try $0.auditBatches(after: number, limit: limit) }
  }

  public func sealAudit(
    _ make: @escaping AuditSealing
  ) async throws(VerifierError) -> (newest: AuditBatch?, made: Bool) {
    try await write { try $0.sealAudit(make) }
  }

  /// As `DeviceStore` has it: those that share a commit are a batch.
  public func sealAuditOnCommit(_ make: @escaping AuditSealing) { writer.sealAudit(make) }

  /// Writes the account's row, and leaves in it what was there.
  public func checkWriting() async throws(VerifierError) { try await write { try $0.checkWriting() } }

  /// A disk that fails is told of once; what it has of the log is not known from then on.
  public func breakdown() async -> VerifierError? { await writer.breakdown() }

  /// As `DeviceStore` has it: pages, indexes, references.
  public func checkIntegrity() async throws(VerifierError) -> [String] {
    try await read { session in
      let pages = try String.fetchAll(session.database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
      let references = try Row.fetchAll(session.database, sql: "PRAGMA foreign_key_check").prefix(20).map { row in
        "a row of \(row["table"] as String? ?? "a table") refers to nothing"
      }
      return try pages + references + session.strayRows()
    }
  }

  /// Copies the database as it stands, while it is in use, to a file that is there as a whole or not at all.
  /// - Throws: `VerifierError.store`, also where there is a file already.
  public func backUp(to path: String) async throws(VerifierError) {
    let pool = pool, place = place, check = check
    try await Self.onThread { () throws(VerifierError) in
      do {
        try check()
        try DatabaseFile.copy(pool, to: path)
      } catch { throw VerifierError(error, place: place) }
    }
  }

  /// Waits for what is under way and closes the file; the log beside it is then part of it. What is asked for afterwards
  /// is an error.
  public func close() async {
    let pool = pool, checkpointer = checkpointer, writer = writer
    writer.finish()
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        // What cannot be closed is closed by the end of the process; nothing that was answered depends on it.
        // The readers first: SQLite takes the log into the file when its last connection closes, if that one may write.
        pool.releaseMemory()
        pool.writeWithoutTransaction { database in
          guard writer.isBroken, let connection = unsafe database.sqliteConnection else { return }
          unsafe sqlite_keep_log(connection)
        }
        checkpointer.close()
        try? pool.close()
        continuation.resume()
      }
    }
  }

  /// One write, carried to its end whatever becomes of the calling task: GRDB's async functions would roll it back when
  /// the task is cancelled, and with it a guess that was compared.
  /// - Parameter user: whose unit it reads, if it changes no other.
  private func commit(
    _ body: @escaping @Sendable (SQLiteSession) throws -> Void
  ) async throws(VerifierError) {
    do { try await writer.write(body) } catch { throw VerifierError(error, place: place) }
  }

  /// The same with a result.
  func write<R: Sendable>(
    _ body: @escaping @Sendable (SQLiteSession) throws -> R
  ) async throws(VerifierError) -> R {
    let last = LastResult<R>()
    try await commit { last.keep(try body($0)) }
    return last.value
  }

  func read<R: Sendable>(
    _ body: @escaping @Sendable (SQLiteSession) throws -> R
  ) async throws(VerifierError) -> R {
    let place = place, check = check
    let result: Result<R, VerifierError> = await withCheckedContinuation { continuation in
      pool.asyncRead { database in
        do {
          try check()
          continuation.resume(returning: .success(try body(SQLiteSession(database.get()))))
        } catch {
          continuation.resume(returning: .failure(VerifierError(error, place: place)))
        }
      }
    }
    return try result.get()
  }

  private static func onThread<R: Sendable>(
    _ body: @escaping @Sendable () throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    let result: Result<R, VerifierError> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: Result { () throws(VerifierError) in try body() })
      }
    }
    return try result.get()
  }
}

extension SQLiteStore {
  /// Waits for a checkpoint that is under way, for tests.
  package func finishCheckpoint() { checkpointer.finish() }

  /// A PRAGMA of the writing connection, for tests of how it was opened.
  package func setting(_ name: String) async throws(VerifierError) -> Int? {
    try await write { try Int.fetchOne($0.database, sql: "PRAGMA \(name)") }
  }
}
