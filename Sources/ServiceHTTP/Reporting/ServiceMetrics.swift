package import CoreMetrics
internal import Synchronization
package import Verifier

/// What the service counts.
package struct ServiceMetrics: Sendable {
  package let registry: PrometheusMetrics
  package let storeErrors: Counter
  package let refusedCredentials: Counter
  package let lockedUsers: Gauge
  package let disabledDevices: Gauge
  package let openConnections: Gauge
  package let budgetExceeded: Gauge
  private let verifications: [String: Counter]
  private let routes: RouteMetrics

  package init() {
    let registry = PrometheusMetrics()
    self.registry = registry
    storeErrors = Counter(label: "vmfa_store_errors_total", factory: registry)
    refusedCredentials = Counter(label: "vmfa_refused_credentials_total", factory: registry)
    lockedUsers = Gauge(label: "vmfa_locked_users", factory: registry)
    disabledDevices = Gauge(label: "vmfa_locked_devices", factory: registry)
    openConnections = Gauge(label: "vmfa_open_connections", factory: registry)
    budgetExceeded = Gauge(label: "vmfa_guess_budget_exceeded", factory: registry)
    let outcomes = ["accepted", "wrong_code", "reused", "locked", "no_device"]
    verifications = Dictionary(
      uniqueKeysWithValues: outcomes.map { outcome in
        (outcome, Counter(label: "vmfa_verifications_total", dimensions: [("outcome", outcome)], factory: registry))
      })
    routes = RouteMetrics(registry: registry)
  }

  package func count(_ verdict: Verdict) {
    switch verdict {
    case .accepted: verifications["accepted"]?.increment()
    case .rejected(let rejection): verifications[rejection.word]?.increment()
    }
  }

  package func count(route: String, status: Int, duration: Duration) {
    routes.count(route: route, status: status, duration: duration)
  }
}

/// Requests by route and status. Routes are those of the table: what a client writes makes no series of its own.
private final class RouteMetrics: Sendable {
  private struct Series {
    package let duration: CoreMetrics.Timer
    package var statuses: [Int: Counter] = [:]
  }

  private let registry: PrometheusMetrics
  private let series = Mutex<[String: Series]>([:])

  package init(registry: PrometheusMetrics) { self.registry = registry }

  package func count(route: String, status: Int, duration: Duration) {
    let (timer, counter) = series.withLock { series in
      var own =
        series[route]
        ?? Series(
          duration: CoreMetrics.Timer(
            label: "vmfa_http_request_duration_seconds", dimensions: [("route", route)], factory: registry))
      let counter =
        own.statuses[status]
        ?? Counter(
          label: "vmfa_http_requests_total", dimensions: [("route", route), ("status", String(status))],
          factory: registry)
      own.statuses[status] = counter
      series[route] = own
      return (own.duration, counter)
    }
    let parts = duration.components
    timer.recordNanoseconds(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
    counter.increment()
  }
}
