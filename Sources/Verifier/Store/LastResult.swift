internal import Synchronization

/// What the last run of a transaction's body has come to: a store may run it more than once.
package struct LastResult<R: Sendable>: ~Copyable, Sendable {
  private let kept = Mutex<R?>(nil)

  package init() {}

  /// Called by the body, as its last act.
  package func keep(_ result: R) { kept.withLock { $0 = result } }

  /// Asked for once the transaction has ended without an error: a store that returns has run the body.
  package var value: R {
    guard let result = kept.withLock({ $0 }) else { preconditionFailure("a transaction ended without having run") }
    return result
  }
}
