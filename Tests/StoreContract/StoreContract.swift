import Testing
package import Verifier

/// What every ``DeviceStore`` must hold to. A store's own tests run each check against it:
///
///     @Test(arguments: StoreContract.checks) func contract(check: StoreContract.Check) async throws {
///       try await check.run(…)
///     }
package enum StoreContract {
  package typealias Check = StoreCheck<any DeviceStore>
  package typealias Opener = Check.Opener

  package static let checks = records + transactions + queries + races + audit
}

/// One thing that a store of a kind must hold to.
package struct StoreCheck<Store>: Sendable, CustomTestStringConvertible {
  /// Opens one more handle on the same contents, as another replica has it; the first one makes them.
  package typealias Opener = @Sendable () async throws -> Store

  package let testDescription: String
  private let body: @Sendable (Opener) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (Opener) async throws -> Void) {
    testDescription = name
    self.body = body
  }

  package func run(_ open: @escaping Opener) async throws { try await body(open) }
}
