import TestSupport
import Testing
import Verifier

@testable import StorePostgreSQL

/// The reason for a missing connection, in plain words and without a word of the URL.
@Suite struct ConnectionProblemTests {
  private func failure(at url: String) async -> String {
    do {
      _ = try await PostgreSQLStore.open(url, .existing)
      return "a database was found"
    } catch { return "\(error)" }
  }

  @Test func `a real server's reasons are told apart`() async throws {
    let database = try PostgreSQLServer.shared.get().makeDatabase()
    let name = database.dropFirst("postgresql:///".count).prefix { $0 != "?" }
    for (url, words) in [
      (database.replacing("/\(name)?", with: "/s3cret?"), "the server has no database of this name"),
      (database.replacing("user=vmfa", with: "user=s3cret"), "the server has no role of this name"),
      (database + "&port=5433", "no server has its socket there"),
      ("postgresql:///x?host=/s3cret", "no server has its socket there"),
      ("postgresql://me:s3cret@localhost:1/x", "nothing listens at the server's address and port"),
      ("postgresql://me:s3cret@nowhere.invalid/x", "there is no host of this name"),
      ("postgresql://me:s3cret/@localhost/x", "a number in the URL is none"),
      (database + "&sslmode=s3cret", "a parameter in the URL has a value that it cannot have"),
      (database + "&s3cret=1", "the database's URL has a parameter that libpq does not know"),
      (database + "&s3cret", "the database's URL has a parameter without a value"),
      ("postgresql://me:s3cret%@localhost/x", "the database's URL has a % that is not followed by two hexadecimal"),
      ("postgresql://me:s3cret@[half/x", "libpq cannot read the database's URL"),
    ] {
      let found = await failure(at: url)
      #expect(found.contains(words), "\(found)")
      #expect(!found.contains("s3cret"), "\(found)")
    }
  }

  @Test(arguments: [
    (
      "FATAL:  password authentication failed for user \"s3cret\"",
      "the server refuses the password, or has no such role"
    ),
    ("fe_sendauth: no password supplied", "the server asks for a password, and none was given"),
    ("FATAL:  Peer authentication failed for user \"s3cret\"", "the server does not let this role in"),
    ("FATAL:  too many connections for role \"s3cret\"", "the role has as many connections as it may have"),
    ("FATAL:  sorry, too many clients already", "the server has no connection left"),
    ("timeout expired", "the server gave no answer in time"),
    ("FATAL:  the database system is starting up", "the server is starting up"),
    (
      "FATAL:  no pg_hba.conf entry for host \"192.0.2.1\", user \"s3cret\", database \"x\", no encryption",
      "the server's pg_hba.conf has no line for this connection"
    ),
    ("something new about \"s3cret\" and \"x\"", "something new about … and …"),
    ("a mark that is left open \"s3cret", "a mark that is left open \"…"),
  ]) func `what a server says is said in plain words`(message: String, words: String) {
    let place = "connection to server at \"s3cret\" (192.0.2.7), port 5432 failed: "
    let found = ConnectionProblem.words(for: place + message)
    #expect(found.hasSuffix(words))
    #expect(!found.contains("s3cret"))
  }

  @Test func `of several hosts, the last one counts`() {
    let message = """
      connection to server at "a" (192.0.2.1), port 5432 failed: Connection refused \
      connection to server at "b" (192.0.2.2), port 5432 failed: FATAL:  role "me" does not exist
      """
    #expect(ConnectionProblem.words(for: message) == "the server has no role of this name")
  }
}
