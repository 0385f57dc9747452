internal import CoreMetrics
internal import Logging

/// Where errors go that are no answer: counted and logged, and not told to the client.
struct TroubleLog: Sendable {
  let metrics: ServiceMetrics
  let logger: Logger

  func report(_ error: any Error, _ what: String = "no answer", to requestID: String? = nil) {
    metrics.storeErrors.increment()
    logger.error("\(what): \(error)", metadata: requestID.map { ["request_id": "\($0)"] })
  }
}
