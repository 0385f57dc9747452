import DeviceStoreContract
import TestSupport
import Testing
import VerifierSQLite

@Suite struct SQLiteDeviceStoreTests {
  @Test(arguments: DeviceStoreContract.checks)
  func contract(check: DeviceStoreContract.Check) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("verifier.db")
    try await check.run { try await SQLiteDeviceStore.open(path, .creatingIfMissing) }
  }
}
