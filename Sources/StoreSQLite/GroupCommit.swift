internal import Dispatch
internal import GRDB
internal import Synchronization
internal import Verifier
internal import StoreSQL

/// The disk failed while a commit was on its way to it: it may be found whole when the database is next opened.
struct UncertainCommit: Error {
  let reason: any Error
}

/// Writing transactions that wait at the same time share one commit, and so one fsync.
///
/// What one of them throws undoes its own changes only: where it had made any, all begin anew, each in a savepoint of its
/// own. None is answered before the commit that holds it is on the disk; if that fails, all of them fail.
///
/// SQLite writes its log and does not wait for the disk (see `sqlite_gather_log`); that is done here, where a disk that fails
/// ends all writing.
final class GroupCommit: Sendable {
  /// A transaction. It keeps its result to itself, and may run more than once.
  typealias Work = @Sendable (SQLiteSession) throws -> Void

  /// One that waits.
  private struct Job: Sendable {
    let work: Work
    /// Told the error that came instead, if one did.
    let end: CheckedContinuation<(any Error)?, Never>
  }

  /// The most that share a commit: while they are on their way, others come in, so that neither side waits for all of the other.
  private static let maximumCount = 32

  /// How long the writer stays once there is nothing more to do: who comes meanwhile wakes a thread that is there, and whose
  /// memory is its own. Nobody else's writing waits for it: all comes through here.
  private static let stay = DispatchTimeInterval.milliseconds(10)

  /// The fewest audit rows that are sealed with the commit that brings them: the other way costs each row about as much as a
  /// batch, and the walk along the chain reads it batch by batch.
  private static let fewestToSeal = 6

  private let pool: DatabasePool
  private let check: @Sendable () throws -> Void
  private let checkpointer: Checkpointer
  private let synchronize: @Sendable () throws -> Void
  private let state = Mutex(State())
  private let arrival = DispatchSemaphore(value: 0)
  /// Has one element once the disk has failed.
  private let breakdowns = AsyncStream.makeStream(of: VerifierError.self, bufferingPolicy: .bufferingOldest(1))

  private struct State {
    var jobs: [Job] = []
    var isAtWork = false
    /// Whether the writer waits for the next of them, and is to be told.
    var isAwaited = false
    /// Whether there are none to wait for.
    var isFinishing = false
    /// Whether the disk did not take a commit: then it is not known any more what it has of the log. The system tells of that
    /// once, and what comes after it would seem to be well.
    var isBroken = false
    /// In a struct: a closure that a mutex holds alone is wrapped once more whenever it is looked at.
    var seal: AuditSealing?
  }

  /// - Parameters:
  ///   - check: called in every transaction before anything is read.
  ///   - synchronize: returns once all of the log is on the disk.
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

  /// Has its turn come, and waits for the disk: carried to its end, whatever becomes of the calling task.
  /// - Throws: what the transaction throws, and what keeps it from the disk.
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

  /// Has the writer leave as soon as there is nothing more to do.
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
      // Where they lie: a copy of a job counts references that another core counted last.
      for index in jobs.indices { jobs[index].end.resume(returning: uncertainty ?? failures[index]) }
      if !isBroken { checkpointer.committed(on: database) }
    }
  }

  /// Has the disk take what was committed.
  /// - Returns: the error of all of them, where it is not known what the disk has; whatever they ended with.
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

  /// Whether the disk has failed. The log is not to be carried over then: what it holds is not what was written.
  var isBroken: Bool { state.withLock { $0.isBroken } }

  /// - Returns: nil where the task was cancelled.
  func breakdown() async -> VerifierError? {
    for await reason in breakdowns.stream { return reason }
    return nil
  }

  private static let diskFailure = StoreFailure.unreachable(
    "the disk failed while it was written to: start this program again")

  /// - Returns: nil when there is nothing more to do; the next submission then starts anew.
  private func next() -> [Job]? {
    waitForJob()
    return state.withLock { state in
      state.isAwaited = false
      guard !state.jobs.isEmpty else {
        state.isAtWork = false
        return nil
      }
      // Nearly always all of them.
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

  /// For as long as the writer stays. Who comes at the last moment may signal too late: then a later wait ends early, and with
  /// it, at worst, the writer's stay.
  private func waitForJob() {
    let waits = state.withLock { state in
      state.isAwaited = state.jobs.isEmpty && !state.isFinishing
      return state.isAwaited
    }
    if waits { _ = arrival.wait(timeout: .now() + Self.stay) }
  }

  /// - Returns: for each job the error that it ended with, or nil.
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
    // What the disk has lost, later commits would be built upon.
    guard !isBroken else { throw Self.diskFailure }
    // What could not be undone is not to stay open under all that comes.
    if database.isInsideTransaction { try database.rollback() }
    // Prepared once, which GRDB's own methods for this are not.
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

  /// - Returns: the error of the job itself.
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
      // A full disk and the like end the transaction itself; then nothing of it is kept.
      guard database.isInsideTransaction else { throw error }
      session.knownSettings = nil
      _ = session.discardJob()
      try database.cachedStatement(sql: "ROLLBACK TO job").execute()
      try database.cachedStatement(sql: "RELEASE job").execute()
      return error
    }
  }
}
