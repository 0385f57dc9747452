internal import HummingbirdCore
internal import Synchronization

/// Counts connections, and lets no more in than there may be: whoever comes then waits in the kernel's queue.
final class OpenConnections: AvailableConnectionsDelegate {
  private let limit: Int
  private let open = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  var count: Int { open.load(ordering: .relaxed) }
  func connectionOpened() { open.wrappingAdd(1, ordering: .relaxed) }
  func connectionClosed() { open.wrappingSubtract(1, ordering: .relaxed) }
  func isAcceptingNewConnections() -> Bool { count < limit }
}
