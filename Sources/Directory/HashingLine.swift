internal import Synchronization

/// A bounded line in front of expensive work: a few callers work at a time, some wait, and the rest are turned away.
///
///     try await line.enter()
///     defer { line.leave() }
final class HashingLine: Sendable {
  /// Why a caller gets no turn.
  enum Refusal: Error {
    /// Too many wait already.
    case full
    /// The caller's task was cancelled while it waited.
    case abandoned
  }

  private typealias Turn = CheckedContinuation<Result<Void, Refusal>, Never>

  private struct State {
    var working = 0
    /// In the order of their arrival.
    var waiting: [(id: Int, turn: Turn)] = []
    var newestID = 0
  }

  private let width, length: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - width: callers that work at a time.
  ///   - length: callers that may wait beside them.
  init(width: Int, length: Int) {
    self.width = width
    self.length = length
  }

  /// Waits for a turn. The caller calls ``leave()`` when its work is done.
  func enter() async throws(Refusal) {
    let id = state.withLock { state in
      state.newestID += 1
      return state.newestID
    }
    let result: Result<Void, Refusal> = await withTaskCancellationHandler {
      await withCheckedContinuation { turn in admit(id, turn)?.resume() }
    } onCancel: {
      let left = state.withLock { state -> Turn? in
        state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).turn }
      }
      left?.resume(returning: .failure(.abandoned))
    }
    try result.get()
  }

  /// Hands the turn to whoever has waited longest.
  func leave() {
    let next = state.withLock { state -> Turn? in
      guard !state.waiting.isEmpty else {
        state.working -= 1
        return nil
      }
      return state.waiting.removeFirst().turn
    }
    next?.resume(returning: .success(()))
  }

  /// How many wait.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  private struct Answer {
    let turn: Turn
    let result: Result<Void, Refusal>
    func resume() { turn.resume(returning: result) }
  }

  /// - Returns: the answer for a caller that need not wait for it.
  private func admit(_ id: Int, _ turn: Turn) -> Answer? {
    state.withLock { state in
      // A cancellation that comes later finds the caller among those that wait.
      if Task.isCancelled { return Answer(turn: turn, result: .failure(.abandoned)) }
      if state.working < width {
        state.working += 1
        return Answer(turn: turn, result: .success(()))
      }
      guard state.waiting.count < length else { return Answer(turn: turn, result: .failure(.full)) }
      state.waiting.append((id, turn))
      return nil
    }
  }
}
