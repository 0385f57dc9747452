internal import ArgumentParser
internal import Foundation
internal import Verifier

/// `vmfa audit export`.
struct AuditExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print rows as JSON lines, in the shape of CloudTrail records.",
    discussion: """
      In the order of the chain: whoever goes on after the last row that they have (--after) misses none. Rows that are \
      not sealed yet are sealed first.
      """)

  @OptionGroup var filter: AuditFilter

  @Option(help: ArgumentHelp("Go on after the row of this id.", valueName: "last"))
  var after: String?

  @OptionGroup var options: VerifierOptions

  func run() async throws {
    let verifier = try await options.verifier(), console = Console.current, encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let unsealed = try await seal(by: verifier)
    var query = try filter.query()
    query.limit = 1000
    var page = try await verifier.auditTrail(query, after: after)
    while let last = page.last {
      var lines: [UInt8] = []
      for row in page { lines += try encoder.encode(CloudTrailRecord(row)) + [UInt8(ascii: "\n")] }
      try console.write(lines)
      guard page.count == query.limit else { break }
      query.behind = last
      page = try await verifier.auditTrail(query, after: nil)
    }
    if let unsealed { throw unsealed }
  }

  /// - Returns: what keeps rows from being sealed, and so out of the export; nil for a database that can only be read, such as
  ///   a standby server, where that is for another one to do.
  private func seal(by verifier: Verifier) async throws -> VerifierError? {
    let console = Console.current, now = try console.now()
    do throws(VerifierError) { _ = try await verifier.sealAudit(at: now) } catch {
      guard case .store(.readOnly) = error else { return error }
      console.note("rows that are not sealed yet are left out: the database can only be read")
    }
    return nil
  }
}
