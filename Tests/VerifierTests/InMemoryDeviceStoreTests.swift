import DeviceStoreContract
import Testing
import Verifier

@Suite struct InMemoryDeviceStoreTests {
  @Test(arguments: DeviceStoreContract.checks)
  func contract(check: DeviceStoreContract.Check) async throws {
    let store = try InMemoryDeviceStore()
    try await check.run { store }
  }
}
