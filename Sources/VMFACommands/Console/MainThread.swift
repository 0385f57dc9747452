internal import Dispatch
internal import Synchronization

/// The thread that a program starts on, which waits for the work of the program and may do it itself.
enum MainThread {
  /// Waits for `body` on the thread that calls, and returns what it returns.
  ///
  /// Doing the work on that thread saves making others, a tenth of the time of a short command. What has many things to do at
  /// a time is for the threads of Swift's pool.
  static func wait<R: Sendable>(doingWork: Bool, for body: @escaping @Sendable () async -> R) -> R {
    let queue = WorkQueue<R>()
    if doingWork {
      Task(executorPreference: queue) { queue.end(with: await body()) }
    } else {
      // What a first thread asks for is more urgent otherwise, and would get threads beside those of everything else.
      Task(priority: .medium) { queue.end(with: await body()) }
    }
    return queue.work()
  }
}

/// Pieces of work that wait for one thread, until one of them is the last.
private final class WorkQueue<R: Sendable>: TaskExecutor {
  private struct State {
    var waiting: [UnownedJob] = []
    var result: R?
  }

  private let state = Mutex(State())
  private let arrival = DispatchSemaphore(value: 0)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.waiting.append(job) }
    arrival.signal()
  }

  func end(with result: R) {
    state.withLock { $0.result = result }
    arrival.signal()
  }

  /// Works until the end.
  func work() -> R {
    while true {
      arrival.wait()
      let (job, result) = state.withLock { state in
        (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.result)
      }
      if let result { return result }
      if let job { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }
}
