package import Verifier

// Audit rows and the chain that holds them.
extension SQLSession {
  package func auditRecords(_ query: AuditQuery) throws -> [AuditRecord] {
    var filter = SQLFilter()
    filter.add("user_name =", query.user?.text)
    filter.add("device =", query.device)
    filter.add("event =", query.name?.rawValue)
    filter.add("time >=", query.since.map { SQLValue.integer($0) })
    filter.add("time <", query.until.map { SQLValue.integer($0) })
    filter.add("id =", query.id)
    let order: String
    switch query.order {
    case .recording:
      filter.add("id >", query.after)
      order = "id"
    case .newestFirst:
      filter.add("id <", query.after)
      order = "id DESC"
    case .chain:
      filter.add(condition: auditLayout.isSealed)
      if let last = query.behind { auditLayout.addRows(behind: last, to: &filter) }
      order = auditLayout.place
    }
    if query.unsealedOnly { filter.add(condition: auditLayout.isUnsealed) }
    guard let newest = query.outsideBatches else {
      return try records(filter.clause + " ORDER BY \(order) LIMIT \(query.limit)", filter.arguments)
    }
    let found = try auditLayout.rows(outside: newest, filter).flatMap { filter in
      try records(filter.clause + " ORDER BY \(auditLayout.column) LIMIT \(query.limit)", filter.arguments)
    }
    return Array(found.inOrder.prefix(query.limit))
  }

  package func auditRecords(inBatch number: Int64) throws -> [AuditRecord] {
    guard let filter = auditLayout.rows(of: number) else { return [] }
    // Twice as many as a batch can hold are enough to see that rows were added.
    return try records(filter.clause + " LIMIT \(2 * AuditBatch.maximumRowCount)", filter.arguments).inOrder
  }

  private func records(_ clauses: String, _ arguments: [SQLValue] = []) throws -> [AuditRecord] {
    let layout = auditLayout
    return try run(
      "SELECT \((AuditRecord.columns + [layout.column]).list) FROM vmfa_audit_event\(clauses)", arguments
    ).rows.map { try AuditRecord(row: $0, layout) }
  }

  package func auditBatches(after number: Int64?, limit: Int) throws -> [AuditBatch] {
    var filter = SQLFilter()
    filter.add("number >", number.map { .integer($0) })
    return try run(
      "SELECT \(AuditBatch.columns.list) FROM vmfa_audit_batch\(filter.clause) ORDER BY number LIMIT \(limit)",
      filter.arguments
    ).rows.map(AuditBatch.init(row:))
  }

  package func insert(_ records: [AuditRecord]) throws {
    guard !records.isEmpty else { return }
    if !queue(records) { _ = try run(records.map(insertion)) }
  }

  /// Inserts queued rows. If `seal` makes a batch of all of them, they are inserted as its rows, and need not be found again
  /// to be marked. A chain that is damaged keeps no row from being inserted; whoever seals the others sees the damage.
  package func insert(queued records: [AuditRecord], sealing seal: AuditSealing?) throws {
    let records = records.inOrder, layout = auditLayout
    var batch: AuditBatch?
    do { batch = try seal?(newestBatch(), records) } catch is VerifierError {}
    if let made = batch, try made.rowCount != records.count || isTaken(made) { batch = nil }
    if let batch { _ = try run(Self.insertion(of: batch)) }
    for (index, record) in records.enumerated() {
      _ = try run(insertion(of: record, layout.value(batch.map { ($0, index) })))
    }
  }

  /// Whether foreign rows occupy the keys of a new batch.
  private func isTaken(_ batch: AuditBatch) throws -> Bool {
    guard let keys = auditLayout.keys(of: batch.number) else { return false }
    return try !run(AuditSQL.anyRow, [.integer(keys.lowerBound), .integer(keys.upperBound)]).rows.isEmpty
  }

  /// Moves such rows among the unsealed ones, so that they cannot keep our rows from being sealed.
  private func clearPlaces(of batch: AuditBatch) throws {
    guard let keys = auditLayout.keys(of: batch.number) else { return }
    _ = try run(
      "UPDATE vmfa_audit_event SET number = random() | $1 WHERE number BETWEEN $2 AND $3",
      [.integer(Int64.min), .integer(keys.lowerBound), .integer(keys.upperBound)])
  }

  /// Inserts a row that no batch holds.
  func insertion(of record: AuditRecord) -> SQLStatement { insertion(of: record, auditLayout.value(nil)) }

  /// - Parameter place: the value of the layout's column.
  private func insertion(of record: AuditRecord, _ place: SQLValue) -> SQLStatement {
    var row = SQLRows(columnCount: AuditRecord.columns.count + 1)
    record.append(to: &row, last: place)
    return SQLStatement(auditLayout == .column ? AuditSQL.insertWithBatch : AuditSQL.insertWithNumber, row[0])
  }

  private static func insertion(of batch: AuditBatch) -> SQLStatement {
    SQLStatement(AuditSQL.insertBatch, batch.values)
  }

  private func newestBatch() throws -> AuditBatch? {
    try run(AuditSQL.newestBatch, []).rows.first.map(AuditBatch.init(row:))
  }

  package func sealAudit(_ make: AuditSealing) throws -> (newest: AuditBatch?, made: Bool) {
    try lockSettings()
    let newest = try newestBatch()
    // Rows whose ids we did not make are left out, so that they cannot keep our rows from being sealed.
    let rows = try records(
      """
       WHERE \(auditLayout.isUnsealed) AND id LIKE '________-____-7___-____-____________' AND id >= '0' AND id < 'g'
      ORDER BY id LIMIT \(AuditBatch.maximumRowCount)
      """)
    guard let batch = try make(newest, rows) else { return (newest, false) }
    try clearPlaces(of: batch)
    let (ids, list) = Self.members(rows.map(\.id), from: 2)
    let mark = SQLStatement(auditLayout.sealing(list), [auditLayout.value((batch, 0))] + ids)
    _ = try run([Self.insertion(of: batch), mark])
    return (batch, true)
  }
}

extension [AuditRecord] {
  /// Sorted by id.
  fileprivate var inOrder: [AuditRecord] { sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) } }
}

private enum AuditSQL {
  static let anyRow = RepeatedSQL("SELECT number FROM vmfa_audit_event WHERE number BETWEEN $1 AND $2 LIMIT 1")
  static let insertBatch = RepeatedSQL(AuditBatch.columns.insertion(into: "vmfa_audit_batch"))
  static let newestBatch = RepeatedSQL(
    """
    SELECT \(AuditBatch.columns.list) FROM vmfa_audit_batch
    WHERE number BETWEEN \(AuditBatch.numbers.lowerBound) AND \(AuditBatch.numbers.upperBound)
    ORDER BY number DESC LIMIT 1
    """)

  static let insertWithBatch = insertion(.column)
  static let insertWithNumber = insertion(.number)

  private static func insertion(_ layout: AuditLayout) -> RepeatedSQL {
    RepeatedSQL((AuditRecord.columns + [layout.column]).insertion(into: "vmfa_audit_event"))
  }
}
