internal import Foundation

/// Connections, each on a thread of its own: libpq blocks whoever waits for an answer.
///
/// Work waits in one line. A thread is added while there are more waiting than idle, up to a limit. When the server
/// cannot be reached and no connection is left, what waits fails at once, and so does what comes until the next try; the
/// time between tries doubles up to a second.
final class ConnectionPool: @unchecked Sendable {
  // @unchecked Sendable: everything that varies is in `state`, which is touched with `condition` locked; a thread's
  // connection is that thread's alone.

  /// What a piece of work says of itself afterwards.
  enum End {
    /// Answered; whether the connection can be used on.
    case done(keepsConnection: Bool)
    /// Nothing was kept of it, and the connection is gone: it may be begun anew on another one.
    case again
  }

  struct Job: Sendable {
    /// Told whether it was begun before.
    let run: @Sendable (Connection, Bool) -> End
    let fail: @Sendable (PostgreSQLError) -> Void
    /// How long it may take.
    let timeout: Duration
    let submitted = ContinuousClock.now
    var isRepeated = false

    init(
      timeout: Duration, run: @escaping @Sendable (Connection, Bool) -> End,
      fail: @escaping @Sendable (PostgreSQLError) -> Void
    ) {
      self.timeout = timeout
      self.run = run
      self.fail = fail
    }
  }

  private struct State {
    var waiting: [Job] = []
    /// Those that take work.
    var threads = 0
    /// These, and those that are about to end.
    var running = 0
    var idle = 0
    var live = 0
    var isClosed = false
    /// Whether the last of the work to end had no answer in time.
    var isSilent = false
    var failures = 0
    var failure: (error: PostgreSQLError, until: ContinuousClock.Instant)?
  }

  private static let idleLimit: Duration = .seconds(300)
  private static let longestPause: Duration = .seconds(1)
  /// How long work waits for connections that are at work.
  private static let longestWait: Duration = .seconds(30)
  private static let closed = PostgreSQLError.notConnected("the store was closed")

  private let settings: ConnectionSettings
  private let limit: Int
  private let condition = NSCondition()
  private var state = State()

  init(_ settings: ConnectionSettings, limit: Int) {
    self.settings = settings
    self.limit = limit
  }

  /// Waits for a while until no thread is left, once it is closed.
  func waitForEnd(until deadline: Date) {
    condition.lock()
    defer { condition.unlock() }
    while state.running > 0, condition.wait(until: deadline) {}
  }

  /// Lets what runs come to its end, and everything that waits fail.
  func close() {
    let left = locked { state in
      defer { state.waiting = [] }
      state.isClosed = true
      return state.waiting
    }
    condition.broadcast()
    for job in left { job.fail(Self.closed) }
  }

  func submit(_ job: Job) {
    let failure: PostgreSQLError? = locked { state in
      if state.isClosed { return Self.closed }
      if state.live == 0, let failure = state.failure, failure.until > .now { return failure.error }
      state.waiting.append(job)
      // Where the server gives no more connections, those that there are do the work.
      let isRefused = state.live > 0 && state.failure.map { $0.until > .now } ?? false
      if state.waiting.count > state.idle, state.threads < limit, !isRefused { startThread(&state) }
      return nil
    }
    if let failure { job.fail(failure) } else { condition.signal() }
  }

  private func startThread(_ state: inout State) {
    state.threads += 1
    state.running += 1
    let thread = Thread {
      self.work()
      self.locked { $0.running -= 1 }
      self.condition.broadcast()
    }
    thread.name = "vmfa postgresql"
    thread.start()
  }

  private func work() {
    var connection: Connection?
    while let job = take(isConnected: connection != nil) {
      guard job.submitted.advanced(by: Self.longestWait) > .now else {
        job.fail(.timedOut("all connections were busy for too long"))
        continue
      }
      let deadline = deadline(of: job), half = job.submitted + job.timeout / 2
      // libpq takes two seconds at least to find that no connection comes about.
      guard deadline > .now + (connection == nil ? .seconds(2) : .zero) || half > .now else {
        job.fail(.silent)
        continue
      }
      // What ended one connection may have ended all that were idle.
      if job.isRepeated, connection != nil {
        connection = nil
        locked { $0.live -= 1 }
      }
      if connection == nil {
        do throws(PostgreSQLError) { connection = try connect(until: deadline) } catch {
          connectionFailed(error, with: job)
          return
        }
      }
      guard let open = connection else { continue }
      open.deadline = deadline
      let end = job.run(open, job.isRepeated)
      locked { $0.isSilent = open.isSilent }
      switch end {
      case .done(keepsConnection: true): continue
      case .done(keepsConnection: false): connection = nil
      case .again:
        connection = nil
        putBack(job)
      }
      locked { $0.live -= 1 }
    }
  }

  /// Waits for work; nil when the thread is to end. It is taken off the books in the same breath, so that work that is
  /// submitted then finds no thread that will not take it.
  private func take(isConnected: Bool) -> Job? {
    condition.lock()
    defer { condition.unlock() }
    let deadline = ContinuousClock.now + Self.idleLimit
    state.idle += 1
    defer { state.idle -= 1 }
    while state.waiting.isEmpty {
      guard !state.isClosed, ContinuousClock.now < deadline else {
        state.threads -= 1
        if isConnected { state.live -= 1 }
        return nil
      }
      _ = condition.wait(until: Date(timeIntervalSinceNow: 60))
    }
    return state.waiting.removeFirst()
  }

  /// When work is given up that is begun now. If the server was silent just now, the time in line counts as well.
  private func deadline(of job: Job) -> ContinuousClock.Instant {
    (locked { $0.isSilent } ? job.submitted : .now) + job.timeout
  }

  private func connect(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> Connection {
    let connection = try Connection(settings, until: deadline)
    locked { state in
      state.live += 1
      state.failures = 0
      state.failure = nil
    }
    return connection
  }

  /// The thread ends. Where others have connections they do its work; else whoever waits is told.
  private func connectionFailed(_ error: PostgreSQLError, with job: Job) {
    let left: [Job] = locked { state in
      state.threads -= 1
      state.failures += 1
      let pause = min(Duration.milliseconds(50 << min(state.failures - 1, 10)), Self.longestPause)
      state.failure = (error, .now + pause)
      state.waiting.insert(job, at: 0)
      guard state.live == 0 else { return [] }
      defer { state.waiting = [] }
      return state.waiting
    }
    condition.signal()
    for job in left { job.fail(error) }
  }

  private func putBack(_ job: Job) {
    var job = job
    job.isRepeated = true
    locked { $0.waiting.insert(job, at: 0) }
    condition.signal()
  }

  private func locked<R>(_ body: (inout State) -> R) -> R {
    condition.lock()
    defer { condition.unlock() }
    return body(&state)
  }
}
