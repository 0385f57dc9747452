import Foundation
import OATH
import TestSupport
import Testing
import Verifier
import StoreSQLite

/// What the README tells an embedding service to write, compiled and run.
@Suite struct ReadmeTests {
  /// The README's function, with its paths for arguments.
  private func signsIn(name: String, typed: String, at now: UnixTime, database: String, key: String) async throws
    -> Bool
  {
    let store = try await SQLiteStore.open(database, .creatingIfMissing)
    let keys = try await KeyRing(opening: store, keyFile: key, makingKey: true)
    let verifier = Verifier(store: store, keys: keys)

    switch try await verifier.verify(OneTimeCode(parsing: typed), of: UserName(name), at: now) {
    case .accepted: return true
    case .rejected: return false
    }
  }

  @Test func `its lines are the ones that are compiled here`() async throws {
    let source = try String(contentsOfFile: #filePath, encoding: .utf8)
    let readme = try String(contentsOf: Vectors.root.appending(path: "README.md"), encoding: .utf8)
    let example = try #require(readme.split(separator: "```swift\n").dropFirst().first?.split(separator: "```").first)
    let lines = example.split(separator: "\n").map(String.init)
    #expect(lines.count > 8)
    for line in lines {
      // Paths and what is done with the answer differ.
      let shown = line.replacing(/"[^"]*\.db"/, with: "database").replacing(/"[^"]*\.key"/, with: "key")
        .replacing("signIn()", with: "return true").replacing("refuse()", with: "return false")
      #expect(source.contains(shown), "\(line)")
    }
  }

  @Test func `nobody gets in while there is no user`() async throws {
    let folder = try TemporaryFolder(), now = UnixTime.epoch.advanced(by: 1_750_000_000)
    await #expect(throws: VerifierError.self) {
      _ = try await signsIn(
        name: "alice", typed: "123456", at: now, database: folder.path("v.db"), key: folder.path("master.key"))
    }
  }
}
