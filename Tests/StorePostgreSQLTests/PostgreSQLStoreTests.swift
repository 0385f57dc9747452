import Foundation
import ServiceHarness
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

  @Test func `a database, keys, tokens and sessions of the version before work`() async throws {
    let server = try PostgreSQLServer.shared.get(), database = try server.makeDatabase()
    try server.run(String(contentsOf: UpgradeCheck.file("postgresql.sql"), encoding: .utf8), at: database)
    let folder = try TemporaryFolder(), key = folder.path("master.key")
    try UpgradeCheck.copyKey("postgresql", to: key)
    try await UpgradeCheck.load("postgresql").run(on: PostgreSQLStore.open(database, .existing), keyFile: key)
  }
}
