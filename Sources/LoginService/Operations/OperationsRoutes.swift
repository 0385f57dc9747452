internal import Authentication
internal import CoreMetrics
internal import HTTPTypes
internal import OATH
internal import Synchronization
internal import Verifier
internal import ServiceHTTP

/// Health, readiness and metrics: for whoever runs the service. Nothing in them is a secret.
struct OperationsRoutes: Sendable {
  let store: any DeviceStore
  let writing: WriteProbe
  let metrics: ServiceMetrics
  let errors: ErrorReporter
  let readiness: Readiness
  let connections: OpenConnections
  let budget: GuessBudget

  var routes: [RouteTable.Route] {
    [
      RouteTable.Route(.get, "/healthz") { _, _ in .json(#"{"status":"ok"}"#) },
      RouteTable.Route(.get, "/readyz") { _, _ in await ready() },
      RouteTable.Route(.get, "/metrics") { request, _ in try await render(at: request.time) },
    ]
  }

  /// Ready is who can have a code accepted, which is written down, and is not about to end.
  private func ready() async -> Answer {
    guard readiness.isReady else { return .json(#"{"status":"stopping"}"#, .serviceUnavailable) }
    switch await writing.look() {
    case .written: return .json(#"{"status":"ready"}"#)
    case .silent: return .json(#"{"status":"the store gives no answer"}"#, .serviceUnavailable)
    case .failed(let error):
      errors.report(error, "not ready")
      if case .store(.unreachable) = error {
        return .json(#"{"status":"the store cannot be reached"}"#, .serviceUnavailable)
      }
      return .json(#"{"status":"the store cannot be written to"}"#, .serviceUnavailable)
    }
  }

  private func render(at now: UnixTime) async throws -> Answer {
    metrics.openConnections.record(connections.count)
    metrics.budgetExceeded.record(budget.isExceeded(at: now) ? 1 : 0)
    // What can be counted here is told also while the store is away.
    if let locked = try? await store.lockCounts(at: now) {
      metrics.lockedUsers.record(locked.users)
      metrics.disabledDevices.record(locked.devices)
    }
    return Answer(
      .ok, type: "text/plain; version=0.0.4; charset=utf-8", body: Array(metrics.registry.render().utf8))
  }
}

/// Whether the service takes requests.
final class Readiness: Sendable {
  private let state = Atomic<Bool>(false)
  var isReady: Bool { state.load(ordering: .relaxed) }
  func set(_ isReady: Bool) { state.store(isReady, ordering: .relaxed) }
}
