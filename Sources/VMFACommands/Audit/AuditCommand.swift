internal import ArgumentParser
internal import OATH
internal import Verifier

/// `vmfa audit`.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "What happened: rows that cannot be changed unseen.",
    subcommands: [
      AuditListCommand.self, AuditVerifyCommand.self, AuditHeadCommand.self, AuditExportCommand.self,
    ])
}

/// Which rows, for `list` and `export`.
struct AuditFilter: ParsableArguments {
  @Option(help: "Only rows about this user.")
  var user: String?

  @Option(help: ArgumentHelp("Only rows about the device of this serial.", valueName: "serial"))
  var device: String?

  @Option(help: "Only rows of this event, such as VerifyCode.")
  var event: String?

  @Option(help: ArgumentHelp("Only rows from this time on.", valueName: "time"))
  var since: TimeArgument?

  @Option(help: ArgumentHelp("Only rows before this time.", valueName: "time"))
  var until: TimeArgument?

  func query() throws -> AuditQuery {
    AuditQuery(
      user: try user.map { (name) throws(VerifierError) in try UserName(name) }, device: device,
      name: event.map(AuditEvent.Name.init(rawValue:)), since: since?.time.seconds, until: until?.time.seconds)
  }
}

/// `vmfa audit list`.
struct AuditListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List rows in the order in which they were recorded.")

  @OptionGroup var filter: AuditFilter
  @OptionGroup var page: PageOptions

  @Flag(help: "The newest first.")
  var reverse = false

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON array.")
  var json = false

  func run() async throws {
    var query = try filter.query()
    (query.limit, query.after, query.order) = (page.limit + 1, page.after, reverse ? .newestFirst : .recording)
    let found = Listing(try await options.verifier().auditRecords(query), limit: page.limit, name: \.id)
    let rows = found.items.map(AuditOutput.init)
    if json {
      try Console.current.printJSON(rows)
    } else {
      try Console.current.printTable(
        ["TIME", "EVENT", "OUTCOME", "REASON", "USER", "DEVICE", "ACTOR", "SOURCE"],
        rows.map { row in
          [
            row.time, row.event, row.outcome, row.reason ?? "", row.user ?? "", row.device ?? "", row.actor,
            row.source ?? "",
          ]
        })
    }
    try page.end(found)
  }
}

/// A row as JSON.
struct AuditOutput: Encodable {
  var id, time, event, outcome, actor: String
  var reason, user, device, source, requestId: String?
  var batch: Int64?

  init(_ row: AuditRecord) {
    id = row.id
    time = row.event.timeText
    event = row.event.name.rawValue
    outcome = row.event.outcome.rawValue
    actor = row.context.actor
    reason = row.event.reason
    user = row.event.user.isEmpty ? nil : row.event.user
    device = row.event.device
    source = row.context.source
    requestId = row.context.requestID
    batch = row.batch
  }
}

/// `vmfa audit verify`.
struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Walk the chain, and name what was changed.",
    discussion: """
      Ends with 0 where every row is as it was written, and 1 where one was edited, deleted, added or moved. That the end \
      of the chain was cut off shows only against a head that was kept elsewhere (vmfa audit head). Rows that are not \
      sealed yet are checked one by one, and sealed then.
      """)

  @Option(help: ArgumentHelp("A head that vmfa audit head printed: the chain must still hold it.", valueName: "head"))
  var head: String?

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var result: String
    var rows, batches, unsealed: Int
    var findings: [String]
    var head: String?
  }

  func run() async throws {
    let head = try head.map { (text) throws(VerifierError) in try AuditHead(text) }
    let console = Console.current, verifier = try await options.verifier()
    let progress = ProgressLine(console, unit: "rows")
    defer { progress.end() }
    let report = try await verifier.verifyAudit(against: head) { progress.show($0) }
    progress.end()
    let isWhole = report.findings.isEmpty
    // What is doubtful is not sealed over.
    let newest = isWhole ? try await verifier.sealAudit(at: console.now()) : report.head
    if json {
      try console.printJSON(
        Output(
          result: isWhole ? "intact" : "broken", rows: report.rowCount, batches: report.batchCount,
          unsealed: report.unsealedCount, findings: report.findings.map(\.description),
          head: newest?.description))
    } else {
      for finding in report.findings { try console.print("broken: \(finding)") }
      try console.print("\(isWhole ? "intact" : "broken"): \(report.rowCount) rows, \(report.batchCount) batches")
    }
    if !isWhole { throw Ending(.refused) }
  }
}

/// `vmfa audit head`.
struct AuditHeadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "head", abstract: "Seal what is not sealed yet, and print the head of the chain.",
    discussion: "Kept elsewhere, it shows later whether the chain was cut off: vmfa audit verify --head HEAD.")

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var batch: Int64
    var tag: String
    var head: String
  }

  func run() async throws {
    let console = Console.current
    guard let head = try await options.verifier().sealAudit(at: console.now()) else {
      throw CommandError(.missing, "nothing has been recorded yet")
    }
    if json {
      return try console.printJSON(
        Output(batch: head.number, tag: head.tag.hexadecimal, head: head.description))
    }
    try console.print(head.description)
  }
}
