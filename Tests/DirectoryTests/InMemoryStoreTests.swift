import Directory
import StoreContract
import Testing
import Verifier

@Suite struct InMemoryStoreTests {
  @Test(arguments: StoreContract.checks)
  func devices(check: StoreContract.Check) async throws {
    let store = try InMemoryStore()
    try await check.run { store }
  }

  @Test(arguments: DirectoryContract.checks)
  func directory(check: DirectoryContract.Check) async throws {
    let store = try InMemoryStore()
    try await check.run { store }
  }
}
