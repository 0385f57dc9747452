import StoreContract
import Testing
import Verifier

@Suite struct InMemoryDeviceStoreTests {
  @Test(arguments: StoreContract.checks)
  func contract(check: StoreContract.Check) async throws {
    let store = try InMemoryDeviceStore()
    try await check.run { store }
  }
}
