public import OATH

/// Seals audit rows for as long as its task runs: what a service starts beside the verifier.
public struct AuditSealer: Sendable {
  private let verifier: Verifier
  private let interval: Duration

  /// - Parameters:
  ///   - verifier: whose rows are sealed.
  ///   - interval: how long rows wait for their batch.
  public init(verifier: Verifier, interval: Duration = .seconds(1)) {
    self.verifier = verifier
    self.interval = interval
  }

  /// Runs until its task is cancelled, and seals once more then. Under load most rows come sealed (see
  /// ``DeviceStore/sealAuditOnCommit(_:)``); what it finds are the others.
  /// - Parameters:
  ///   - now: the clock.
  ///   - onError: told what prevented sealing; it is tried again after the interval.
  public func run(
    now: @escaping @Sendable () -> UnixTime, onError: @Sendable (VerifierError) -> Void = { _ in }
  ) async {
    verifier.sealAuditOnCommit(now: now)
    while !Task.isCancelled {
      await seal(at: now(), onError: onError)
      // Woken early by cancellation alone, and then the loop ends.
      try? await Task.sleep(for: interval)
    }
    await seal(at: now(), onError: onError)
  }

  private func seal(at now: UnixTime, onError: @Sendable (VerifierError) -> Void) async {
    do throws(VerifierError) { _ = try await verifier.sealAudit(at: now) } catch { onError(error) }
  }
}
