internal import CoreMetrics
package import Logging
package import Verifier

/// Where errors go that are no answer: counted and logged, and not told to the client.
package struct ErrorReporter: Sendable {
  package let metrics: ServiceMetrics
  package let logger: Logger

  package init(metrics: ServiceMetrics, logger: Logger) {
    self.metrics = metrics
    self.logger = logger
  }

  package func report(_ error: any Error, _ what: String = "no answer", to requestID: String? = nil) {
    metrics.storeErrors.increment()
    logger.error("\(what): \(error)", metadata: requestID.map { ["request_id": "\($0)"] })
  }

  /// What a list is answered without: logged, and not counted, since there is an answer and each look would count it anew.
  package func report(_ unreadable: [Unreadable], to requestID: String?) {
    for found in unreadable {
      logger.error(
        "\(found.name ?? "what has no name") is left out of a list: \(found.error)",
        metadata: requestID.map { ["request_id": "\($0)"] })
    }
  }
}
