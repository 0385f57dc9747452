internal import Synchronization
internal import Verifier

/// The stores that a command opened, to be closed when it ends: a database without its log can be copied as a file, and a
/// server is told that connections end.
final class OpenStores: Sendable {
  /// Those of the command that runs.
  @TaskLocal static var current: OpenStores?

  private let stores = Mutex<[any DeviceStore]>([])

  func add(_ store: any DeviceStore) { stores.withLock { $0.append(store) } }

  func close() async {
    for store in stores.withLock({ $0 }) { await store.close() }
  }
}
