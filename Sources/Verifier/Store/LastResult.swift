internal import Synchronization

/// What the last run of a transaction's body has come to: a store may run it more than once.
package struct LastResult<R: Sendable>: ~Copyable, Sendable {
  private let kept = Mutex<R?>(nil)

  package init() {}

  /// Called by the body, as its last act.
  package func keep(_ result: R) { kept.withLock { $0 = result } }

  /// Asked for once the transaction has ended without an error.
  package var value: R {
    // A store that returns without an error has run the body (`DeviceStore.transaction`), and the body keeps its result as its
    // last act. Where a store did neither, there is nothing that could be answered.
    guard let result = kept.withLock({ $0 }) else { preconditionFailure("a transaction ended without having run") }
    return result
  }
}
