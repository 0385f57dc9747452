internal import GRDB
internal import Synchronization

/// The disk failed while a commit was written: it may be found whole when the database is next opened.
struct UncertainCommit: Error {
  let reason: any Error
}

/// Writing transactions that wait at the same time share one commit, and so one fsync.
///
/// Each runs in a savepoint of its own: what one of them throws undoes its own changes only. None is answered before the
/// commit that holds it is on the disk; if that fails, all of them fail.
final class GroupCommit: Sendable {
  /// A transaction that waits. `run` keeps its result to itself; `end` hands it out, or the error that came instead.
  struct Job: Sendable {
    let run: @Sendable (Database) throws -> Void
    let end: @Sendable ((any Error)?) -> Void
  }

  /// The most that share a commit: it bounds how long the first of them waits.
  private static let maximumCount = 256

  private let pool: DatabasePool
  private let check: @Sendable () throws -> Void
  private let waiting = Mutex<(jobs: [Job], isAtWork: Bool)>(([], false))

  /// - Parameter check: called in every transaction before anything is read.
  init(pool: DatabasePool, check: @escaping @Sendable () throws -> Void) {
    self.pool = pool
    self.check = check
  }

  func submit(_ job: Job) {
    let starts = waiting.withLock { waiting in
      waiting.jobs.append(job)
      defer { waiting.isAtWork = true }
      return !waiting.isAtWork
    }
    if starts { pool.asyncWriteWithoutTransaction { database in self.work(on: database) } }
  }

  private func work(on database: Database) {
    while let jobs = next() {
      let failures = commit(jobs, on: database)
      for (job, failure) in zip(jobs, failures) { job.end(failure) }
    }
  }

  /// nil when there is nothing more to do; the next submission then starts anew.
  private func next() -> [Job]? {
    waiting.withLock { waiting in
      guard !waiting.jobs.isEmpty else {
        waiting.isAtWork = false
        return nil
      }
      let jobs = Array(waiting.jobs.prefix(Self.maximumCount))
      waiting.jobs.removeFirst(jobs.count)
      return jobs
    }
  }

  /// - Returns: for each job the error that it ended with, or nil.
  private func commit(_ jobs: [Job], on database: Database) -> [(any Error)?] {
    do {
      try database.beginTransaction(.immediate)
      do {
        try check()
        let failures = try jobs.map { try run($0, on: database) }
        do { try database.commit() } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
          throw UncertainCommit(reason: error)
        }
        return failures
      } catch {
        if database.isInsideTransaction { try database.rollback() }
        throw error
      }
    } catch { return Array(repeating: error, count: jobs.count) }
  }

  /// - Returns: the error of the job itself.
  /// - Throws: what ends the whole transaction.
  private func run(_ job: Job, on database: Database) throws -> (any Error)? {
    try database.cachedStatement(sql: "SAVEPOINT job").execute()
    do {
      try job.run(database)
      try database.cachedStatement(sql: "RELEASE job").execute()
      return nil
    } catch {
      // A full disk and the like end the transaction itself; then nothing of it is kept.
      guard database.isInsideTransaction else { throw error }
      try database.cachedStatement(sql: "ROLLBACK TO job").execute()
      try database.cachedStatement(sql: "RELEASE job").execute()
      return error
    }
  }
}
