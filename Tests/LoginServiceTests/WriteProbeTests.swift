import Synchronization
import Testing
import Verifier

@testable import LoginService

/// What /readyz goes by.
@Suite(.timeLimit(.minutes(1))) struct WriteProbeTests {
  /// A store that says what it is told to say, and counts how often it was asked.
  private final class Store: Sendable {
    let state = Mutex((writes: 0, failure: nil as VerifierError?))
    private let gate = AsyncStream.makeStream(of: Void.self)

    var writes: Int { state.withLock { $0.writes } }
    func fail(with error: VerifierError?) { state.withLock { $0.failure = error } }
    func goOn() { gate.continuation.finish() }

    func write(waiting waits: Bool = false) async throws(VerifierError) {
      if waits { for await _ in gate.stream {} }
      let failure = state.withLock { state in
        state.writes += 1
        return state.failure
      }
      if let failure { throw failure }
    }
  }

  private func isWritten(_ outcome: WriteProbe.Outcome) -> Bool { if case .written = outcome { true } else { false } }
  private func isSilent(_ outcome: WriteProbe.Outcome) -> Bool { if case .silent = outcome { true } else { false } }

  @Test func `a store that fails is not ready, and is again when it writes`() async throws {
    let store = Store()
    let probe = WriteProbe(freshness: .zero) { () throws(VerifierError) in try await store.write() }
    #expect(isWritten(await probe.look()))
    store.fail(with: .store(.readOnly(place: "here")))
    guard case .failed(.store(.readOnly)) = await probe.look() else {
      Issue.record("it was found to be ready")
      return
    }
    store.fail(with: nil)
    #expect(isWritten(await probe.look()))
    #expect(store.writes == 3)
  }

  @Test func `whoever asks while an answer is fresh makes the store write no more`() async throws {
    let store = Store()
    let probe = WriteProbe(freshness: .seconds(3600)) { () throws(VerifierError) in try await store.write() }
    await withTaskGroup { group in
      for _ in 0..<50 { group.addTask { _ = await probe.look() } }
    }
    #expect(isWritten(await probe.look()))
    #expect(store.writes == 1)
  }

  @Test func `a store that says nothing is not ready, and nobody waits for it any longer`() async throws {
    let store = Store()
    let probe = WriteProbe(patience: .milliseconds(20), freshness: .zero) { () throws(VerifierError) in
      try await store.write(waiting: true)
    }
    for _ in 0..<2 { #expect(isSilent(await probe.look())) }
    #expect(store.writes == 0)
    store.goOn()
    while store.writes == 0 { await Task.yield() }
    while isSilent(await probe.look()) {}
    #expect(isWritten(await probe.look()))
  }
}
