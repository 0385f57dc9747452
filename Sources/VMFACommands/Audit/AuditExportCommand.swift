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
    let verifier = try await options.verifier(), encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var query = try filter.query()
    (query.after, query.limit) = (after, 1000)
    while case let rows = try await page(query, of: verifier), let last = rows.last {
      var lines: [UInt8] = []
      for row in rows { lines += try encoder.encode(CloudTrailRecord(row)) + [UInt8(ascii: "\n")] }
      try Console.current.write(lines)
      query.after = last.id
    }
  }

  /// What comes after a row that was printed: one whose id is not UTF-8, which reads back as another, is not found again.
  private func page(_ query: AuditQuery, of verifier: Verifier) async throws -> [AuditRecord] {
    let now = try Console.current.now()
    do throws(VerifierError) { return try await verifier.auditTrail(query, at: now) } catch {
      guard case .noSuchAuditRow(let id) = error, id != after else { throw error }
      throw VerifierError.corruptRecord("the audit row \(id)")
    }
  }
}
