import StoreContract
import TestSupport
import Testing
import StorePostgreSQL

@Suite struct PostgreSQLStoreTests {
  @Test(arguments: StoreContract.checks)
  func contract(check: StoreContract.Check) async throws {
    let database = try PostgreSQLServer.shared.get().makeDatabase()
    try await check.run { try await PostgreSQLStore.open(database, .creatingIfMissing) }
  }

  @Test(arguments: DirectoryContract.checks)
  func accounts(check: DirectoryContract.Check) async throws {
    let database = try PostgreSQLServer.shared.get().makeDatabase()
    try await check.run { try await PostgreSQLStore.open(database, .creatingIfMissing) }
  }
}
