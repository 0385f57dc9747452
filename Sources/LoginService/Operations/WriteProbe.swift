internal import Synchronization
internal import Verifier

/// Finds out whether the store can be written to, by writing. An answer is good for a second,
/// so that nobody can make the store write by asking.
final class WriteProbe: Sendable {
  enum Outcome: Sendable {
    case written
    case failed(VerifierError)
    /// There was no answer for as long as is waited for.
    case silent
  }

  private struct Attempt: Sendable {
    let task: Task<Outcome, Never>
    let begun: ContinuousClock.Instant
    /// When its answer came, once it has.
    var ended: ContinuousClock.Instant?
  }

  private let write: @Sendable () async throws(VerifierError) -> Void
  private let patience, freshness: Duration
  private let latest = Mutex<Attempt?>(nil)

  /// - Parameters:
  ///   - patience: how long an answer of the store is waited for.
  ///   - freshness: how long it is good for.
  ///   - write: has the store write.
  init(
    patience: Duration = .seconds(3), freshness: Duration = .seconds(1),
    _ write: @escaping @Sendable () async throws(VerifierError) -> Void
  ) {
    self.write = write
    self.patience = patience
    self.freshness = freshness
  }

  func look() async -> Outcome {
    let attempt = latest.withLock { latest in
      if let latest, latest.ended.map({ $0 + freshness > .now }) ?? true { return latest }
      let attempt = Attempt(task: Task { await self.attempt() }, begun: .now)
      latest = attempt
      return attempt
    }
    if attempt.ended != nil { return await attempt.task.value }
    return await Self.first(of: attempt.task, until: attempt.begun + patience)
  }

  private func attempt() async -> Outcome {
    let outcome: Outcome
    do throws(VerifierError) {
      try await write()
      outcome = .written
    } catch { outcome = .failed(error) }
    latest.withLock { $0?.ended = .now }
    return outcome
  }

  /// A store's call cannot be cancelled: it goes on, and nobody waits for it.
  private static func first(
    of task: Task<Outcome, Never>, until deadline: ContinuousClock.Instant
  ) async -> Outcome {
    let (outcomes, continuation) = AsyncStream.makeStream(of: Outcome.self, bufferingPolicy: .bufferingOldest(1))
    Task { continuation.yield(await task.value) }
    let timer = Task {
      try? await Task.sleep(until: deadline)
      continuation.yield(.silent)
    }
    defer { timer.cancel() }
    for await outcome in outcomes { return outcome }
    return .silent
  }
}
