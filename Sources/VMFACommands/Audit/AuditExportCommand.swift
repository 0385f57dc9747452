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
      var lines: [UInt8] = []
      for row in rows { lines += try encoder.encode(CloudTrailRecord(row)) + [UInt8(ascii: "\n")] }
      try Console.current.write(lines)
      query.after = last.id
    }
  }
}

/// An audit row in the shape that tools for CloudTrail read. What CloudTrail has no place for is in `additionalEventData`.
struct CloudTrailRecord: Encodable {
  struct Identity: Encodable {
    var type, principalId, userName: String
  }
  struct Parameters: Encodable {
    var userName, serialNumber: String?
  }
  struct Additional: Encodable {
    var outcome: String
    var reason: String?
    var batch: Int64?
    var tag: String
  }

  var eventVersion = "1.08"
  var userIdentity: Identity
  var eventTime: String
  var eventSource = "vmfa"
  var eventName: String
  var awsRegion = "aws-global"
  var sourceIPAddress: String
  var userAgent = "vmfa"
  var errorCode: String?
  var requestParameters: Parameters
  var additionalEventData: Additional
  var requestID: String?
  var eventID: String
  var readOnly = false
  var eventType = "AwsServiceEvent"
  var managementEvent = true
  var recipientAccountId: String?

  init(_ row: AuditRecord) {
    let event = row.event, isRefused = event.outcome == .rejected
    userIdentity = Identity(type: "IAMUser", principalId: row.context.actor, userName: row.context.actor)
    eventTime = event.timeText
    eventName = event.name.rawValue
    sourceIPAddress = row.context.source ?? "local"
    errorCode = isRefused ? event.reason ?? "rejected" : nil
    requestParameters = Parameters(userName: event.user.isEmpty ? nil : event.user, serialNumber: event.device)
    additionalEventData = Additional(
      outcome: event.outcome.rawValue, reason: event.reason, batch: row.batch, tag: row.tag.hexadecimal)
    requestID = row.context.requestID
    eventID = row.id
    // arn:aws:iam::ACCOUNT:mfa/NAME
    recipientAccountId = event.device?.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first
      .map(String.init)
  }
}
