internal import Dispatch
internal import GRDB
internal import Synchronization
internal import Verifier
internal import StoreSQL

/// The disk failed during a commit. The commit may or may not be there when the database is next opened.
struct UncertainCommit: Error {
  let reason: any Error
}

/// Writing transactions that wait at the same time share one commit, and so one fsync.
///
/// A transaction that throws loses its own changes only. If it had changed a row, all transactions of the commit run again,
/// each in a savepoint of its own. None is answered before the commit is on the disk; if the commit fails, all of them fail.
///
/// SQLite writes its log without waiting for the disk (see `sqlite_gather_log`). This type waits, and stops all writing
/// after the disk has failed.
final class GroupCommit: Sendable {
  /// A transaction, which stores its own result. It may run more than once.
  typealias Work = @Sendable (SQLiteSession) throws -> Void

  /// A transaction that waits for its turn.
  private struct Job: Sendable {
    let work: Work
    /// Receives the error, or nil.
    let end: CheckedContinuation<(any Error)?, Never>
  }

  /// The most transactions in one commit. The next ones arrive while these are written.
  private static let maximumCount = 32

  /// How long the writer's thread waits for another transaction. Waking a thread that exists is cheaper than taking a new
  /// one, and no other writer is kept waiting: all of them come through this queue.
  private static let stay = DispatchTimeInterval.milliseconds(10)

  /// The fewest audit rows that make a batch of their own. Smaller batches cost more than they save, and each one is read on
  /// its own when the chain is verified.
  private static let fewestToSeal = 6

  private let pool: DatabasePool
  private let check: @Sendable () throws -> Void
  private let checkpointer: Checkpointer
  private let synchronize: @Sendable () throws -> Void
  private let state = Mutex(State())
  private let arrival = DispatchSemaphore(value: 0)
  /// Yields one element when the disk has failed.
  private let breakdowns = AsyncStream.makeStream(of: VerifierError.self, bufferingPolicy: .bufferingOldest(1))

  private struct State {
    var jobs: [Job] = []
    var isAtWork = false
    /// Whether the writer waits for a job, and needs a signal.
    var isAwaited = false
    /// Whether the writer should leave as soon as the queue is empty.
    var isFinishing = false
    /// Whether a sync has failed. Nobody knows then what the disk holds of the log. The system reports such a failure once;
    /// later syncs would seem to succeed.
    var isBroken = false
    /// In this struct, since Swift wraps a closure anew at each access if a mutex holds nothing else.
    var seal: AuditSealing?
  }

  /// - Parameters:
  ///   - check: called in every transaction, before the first read.
  ///   - synchronize: returns when all of the log is on the disk.
  init(
    pool: DatabasePool, checkpointer: Checkpointer, check: @escaping @Sendable () throws -> Void,
    synchronize: @escaping @Sendable () throws -> Void
  ) {
    self.pool = pool
    self.checkpointer = checkpointer
    self.check = check
    self.synchronize = synchronize
  }

  func sealAudit(_ make: @escaping AuditSealing) { state.withLock { $0.seal = make } }

  /// Runs a transaction and waits until it is on the disk. It is carried to its end even if the calling task is cancelled.
  /// - Throws: what the transaction throws, and what prevents the commit.
  func write(_ work: @escaping Work) async throws {
    let failure = await withCheckedContinuation { submit(Job(work: work, end: $0)) }
    if let failure { throw failure }
  }

  private func submit(_ job: Job) {
    let (starts, wakes) = state.withLock { state in
      state.jobs.append(job)
      defer { (state.isAtWork, state.isAwaited) = (true, false) }
      return (!state.isAtWork, state.isAwaited)
    }
    if wakes { arrival.signal() }
    if starts { pool.asyncWriteWithoutTransaction { database in self.work(on: database) } }
  }

  /// Makes the writer leave as soon as the queue is empty.
  func finish() {
    let wakes = state.withLock { state in
      defer { (state.isFinishing, state.isAwaited) = (true, false) }
      return state.isAwaited
    }
    if wakes { arrival.signal() }
  }

  private func work(on database: Database) {
    let session = SQLiteSession(database, isShared: true)
    while let jobs = next() {
      let failures = commit(jobs, on: session), uncertainty = waitForDisk(failures)
      // Used in place: copying a job changes reference counts that another core has touched.
      for index in jobs.indices { jobs[index].end.resume(returning: uncertainty ?? failures[index]) }
      if !isBroken { checkpointer.committed(on: database) }
    }
  }

  /// Waits until the disk has the commit.
  /// - Returns: the error of all jobs if nobody knows what the disk holds; else nil.
  private func waitForDisk(_ failures: [(any Error)?]) -> (any Error)? {
    guard failures.contains(where: { $0 == nil }) else { return nil }
    do {
      try synchronize()
      return nil
    } catch {
      state.withLock { $0.isBroken = true }
      breakdowns.continuation.yield(.store(.outcomeUnknown("the disk failed while it was written to")))
      return UncertainCommit(reason: error)
    }
  }

  /// Whether the disk has failed. No checkpoint may run then, since the log may hold something else than was written.
  var isBroken: Bool { state.withLock { $0.isBroken } }

  /// - Returns: nil if the task was cancelled.
  func breakdown() async -> VerifierError? {
    for await reason in breakdowns.stream { return reason }
    return nil
  }

  private static let diskFailure = StoreFailure.unreachable(
    "the disk failed while it was written to: start this program again")

  /// - Returns: nil if the queue is empty. The next submission then starts a writer.
  private func next() -> [Job]? {
    waitForJob()
    return state.withLock { state in
      state.isAwaited = false
      guard !state.jobs.isEmpty else {
        state.isAtWork = false
        return nil
      }
      // Nearly always the whole queue.
      var jobs: [Job] = []
      jobs.reserveCapacity(Self.maximumCount)
      swap(&jobs, &state.jobs)
      if jobs.count > Self.maximumCount {
        state.jobs = Array(jobs[Self.maximumCount...])
        jobs.removeSubrange(Self.maximumCount...)
      }
      return jobs
    }
  }

  /// Waits for a job, for as long as the writer stays. A signal at the last moment may come too late. Then a later wait ends
  /// early, and the writer may leave early.
  private func waitForJob() {
    let waits = state.withLock { state in
      state.isAwaited = state.jobs.isEmpty && !state.isFinishing
      return state.isAwaited
    }
    if waits { _ = arrival.wait(timeout: .now() + Self.stay) }
  }

  /// - Returns: the error of each job, or nil.
  private func commit(_ jobs: [Job], on session: SQLiteSession) -> [(any Error)?] {
    do {
      do { return try commit(jobs, on: session, run: Self.run) } catch is ChangesToUndo {
        return try commit(jobs, on: session, run: Self.runInSavepoint)
      }
    } catch { return Array(repeating: error, count: jobs.count) }
  }

  private func commit(
    _ jobs: [Job], on session: SQLiteSession, run: (Work, SQLiteSession) throws -> (any Error)?
  ) throws -> [(any Error)?] {
    let database = session.database
    // Later commits would build upon what the disk has lost.
    guard !isBroken else { throw Self.diskFailure }
    // Ends a transaction that could not be rolled back before.
    if database.isInsideTransaction { try database.rollback() }
    // GRDB's own method would prepare the statement each time.
    try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
    do {
      try check()
      session.begin()
      let failures = try jobs.indices.map { try run(jobs[$0].work, session) }
      // An audit row that cannot be inserted fails its own job alone: all begin anew, each in a savepoint.
      do { try insertQueuedRecords(session) } catch let error as DatabaseError
        where error.resultCode == .SQLITE_CONSTRAINT
      {
        throw ChangesToUndo()
      }
      do { try database.cachedStatement(sql: "COMMIT").execute() } catch let error as DatabaseError
        where error.resultCode == .SQLITE_IOERR
      {
        throw UncertainCommit(reason: error)
      }
      return failures
    } catch {
      if database.isInsideTransaction { try database.rollback() }
      throw error
    }
  }

  private func insertQueuedRecords(_ session: SQLiteSession) throws {
    let isWorthwhile = (Self.fewestToSeal...AuditBatch.maximumRowCount).contains(session.queuedRecords.count)
    try session.insertQueuedRecords(sealing: isWorthwhile ? state.withLock { $0.seal } : nil)
  }

  /// A job threw after it had changed a row, or an audit row could not be inserted.
  private struct ChangesToUndo: Error {}

  /// Runs a job without a savepoint.
  /// - Returns: the error of the job, if it failed before it changed a row.
  /// - Throws: what ends the whole transaction.
  private static func run(_ work: Work, on session: SQLiteSession) throws -> (any Error)? {
    session.beginJob()
    do {
      try work(session)
      return nil
    } catch {
      let hasChangedNothing = session.discardJob()
      guard session.database.isInsideTransaction else { throw error }
      guard hasChangedNothing else { throw ChangesToUndo() }
      return error
    }
  }

  /// Runs a job in a savepoint of its own, audit rows included.
  private static func runInSavepoint(_ work: Work, on session: SQLiteSession) throws -> (any Error)? {
    let database = session.database
    try database.cachedStatement(sql: "SAVEPOINT job").execute()
    session.beginJob()
    do {
      try work(session)
      try session.insertQueuedRecords()
      try database.cachedStatement(sql: "RELEASE job").execute()
      return nil
    } catch {
      // A full disk, for one, makes SQLite roll back the whole transaction.
      guard database.isInsideTransaction else { throw error }
      session.knownSettings = nil
      _ = session.discardJob()
      try database.cachedStatement(sql: "ROLLBACK TO job").execute()
      try database.cachedStatement(sql: "RELEASE job").execute()
      return error
    }
  }
}
