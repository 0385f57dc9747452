import DeviceStoreContract
import TestSupport
import Testing
import VerifierPostgreSQL

@Suite struct PostgreSQLDeviceStoreTests {
  @Test(arguments: DeviceStoreContract.checks)
  func contract(check: DeviceStoreContract.Check) async throws {
    let database = try PostgreSQLServer.shared.get().makeDatabase()
    try await check.run { try await PostgreSQLDeviceStore.open(database, .creatingIfMissing) }
  }

  @Test(arguments: AccountStoreContract.checks)
  func accounts(check: AccountStoreContract.Check) async throws {
    let database = try PostgreSQLServer.shared.get().makeDatabase()
    try await check.run { try await PostgreSQLDeviceStore.open(database, .creatingIfMissing) }
  }
}
