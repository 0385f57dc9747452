internal import ArgumentParser
internal import Foundation
internal import Verifier

/// `vmfa audit export`.
struct AuditExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print rows as JSON lines, in the shape of CloudTrail records.")

  @OptionGroup var filter: AuditFilter

  @Option(help: ArgumentHelp("Go on after the row of this id.", valueName: "last"))
  var after: String?

  @OptionGroup var options: VerifierOptions

  func run() async throws {
    let verifier = try await options.verifier(), encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var query = try filter.query()
    (query.after, query.limit) = (after, 1000)
    while case let rows = try await verifier.auditRecords(query), let last = rows.last {
      guard query.isFollowed(by: last) else { throw VerifierError.corruptRecord("the audit row \(last.id)") }
      var lines: [UInt8] = []
      for row in rows { lines += try encoder.encode(CloudTrailRecord(row)) + [UInt8(ascii: "\n")] }
      try Console.current.write(lines)
      query.after = last.id
    }
  }
}
