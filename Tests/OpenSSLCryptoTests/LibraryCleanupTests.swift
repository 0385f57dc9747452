import Foundation
import OpenSSLCrypto
import Testing

@Suite struct LibraryCleanupTests {
  @Test func `libcrypto works until the process is gone`() async {
    await #expect(processExitsWith: .exitCode(7)) {
      // What is registered first is called last.
      atexit { _exit((try? SecureRandom.bytes(count: 16)) == nil ? 8 : 7) }
      LibraryCleanup.leaveToSystem()
      _ = try SecureRandom.bytes(count: 16)
      exit(0)
    }
  }
}
