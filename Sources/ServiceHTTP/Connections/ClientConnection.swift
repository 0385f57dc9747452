package import NIOCore

/// The connection that a request came by, for work that is worth nothing once the client has gone.
package struct ClientConnection: Sendable {
  package let channel: any Channel

  /// Runs `body` in a task that is cancelled when the client closes its end, even if it closed it before the call.
  package func whileOpen<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    let task = Task { try await body() }
    observe { task.cancel() }
    defer { observe(nil) }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func observe(_ observer: (@Sendable () -> Void)?) {
    channel.eventLoop.execute {
      guard let guarding = try? channel.pipeline.syncOperations.handler(type: RequestGuard.self) else {
        // The pipeline is gone, and with it the client.
        observer?()
        return
      }
      guarding.observeInputClosed(observer)
    }
  }
}
