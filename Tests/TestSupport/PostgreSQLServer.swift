import Foundation
import Synchronization

/// A private PostgreSQL server, started once for all tests of a run and stopped when the run ends, however it ends.
package final class PostgreSQLServer: Sendable {
  private let folder: String
  private let input: Pipe
  private let databases = Atomic(0)

  package static let shared = Result { try PostgreSQLServer() }

  private init() throws {
    folder =
      FileManager.default.temporaryDirectory.appending(path: "vmfa-postgresql-\(UUID().uuidString.prefix(8))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let server = Process(), output = Pipe()
    input = Pipe()
    server.executableURL = Self.script
    server.arguments = ["run", folder]
    server.standardInput = input
    server.standardOutput = output
    try server.run()
    // `ready`, or the end of a script that could not start it and has said why.
    guard !output.fileHandleForReading.availableData.isEmpty else { throw Failure.notStarted }
  }

  package enum Failure: Error { case notStarted, psql(String) }

  private static var script: URL { Vectors.root.appending(path: "Scripts/postgresql") }

  /// A new, empty database.
  package func makeDatabase() throws -> String {
    let name = "test\(databases.add(1, ordering: .relaxed).newValue)"
    try run("CREATE DATABASE \(name)", in: "postgres")
    return url(of: name)
  }

  private func url(of name: String) -> String { "postgresql:///\(name)?host=\(folder)/socket&user=vmfa" }

  /// Runs SQL behind the store's back, and returns what it printed.
  @discardableResult
  package func run(_ sql: String, at url: String) throws -> String {
    let psql = Process(), output = Pipe()
    psql.executableURL = URL(filePath: "/usr/bin/env")
    psql.arguments = ["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", url, "-c", sql]
    psql.standardOutput = output
    psql.standardError = output
    try psql.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    psql.waitUntilExit()
    guard psql.terminationStatus == 0 else { throw Failure.psql(text) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func run(_ sql: String, in name: String) throws { try run(sql, at: url(of: name)) }
}
