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
    filter.add(query.newestFirst ? "id <" : "id >", query.after)
    if let newest = query.outsideBatches { filter.add(condition: "(batch > \(newest) OR batch < 1)") }
    if query.unsealedOnly { filter.add(condition: "batch IS NULL") }
    return try records(
      filter.clause + " ORDER BY id\(query.newestFirst ? " DESC" : "") LIMIT \(query.limit)", filter.arguments)
  }

  package func auditRecords(inBatch number: Int64) throws -> [AuditRecord] {
    // More than a batch holds is enough to see that some were added.
    try records(" WHERE batch = $1 ORDER BY id LIMIT \(2 * AuditBatch.maximumRowCount)", [.integer(number)])
  }

  private func records(_ clauses: String, _ arguments: [SQLValue]) throws -> [AuditRecord] {
    try run("SELECT \(AuditRecord.columns.list) FROM vmfa_audit_event\(clauses)", arguments).rows
      .map(AuditRecord.init(row:))
  }

  package func auditBatches(after number: Int64, limit: Int) throws -> [AuditBatch] {
    try run(
      "SELECT \(AuditBatch.columns.list) FROM vmfa_audit_batch WHERE number > $1 ORDER BY number LIMIT \(limit)",
      [.integer(number)]
    ).rows.map(AuditBatch.init(row:))
  }

  package func insert(_ records: [AuditRecord]) throws {
    guard !records.isEmpty, !takeAlong(records) else { return }
    _ = try run(records.map { Self.insertion(of: $0) })
  }

  /// Writes what was taken along. Where `seal` makes a batch of all of it, it is written as one: it need not be found and
  /// marked later. What is wrong with the chain keeps no row from being written, and is seen by who seals the others.
  package func write(takenAlong records: [AuditRecord], sealing seal: AuditSealing?) throws {
    let records = records.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    var batch: AuditBatch?
    do { batch = try seal?(newestBatch(), records) } catch is VerifierError {}
    if batch?.rowCount != records.count { batch = nil }
    _ = try run(
      (batch.map { [Self.insertion(of: $0)] } ?? []) + records.map { Self.insertion(of: $0, in: batch?.number) })
  }

  static func insertion(of record: AuditRecord, in batch: Int64? = nil) -> SQLStatement {
    SQLStatement(AuditSQL.insertRecord, record.values(in: batch ?? record.batch))
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
    // What has no id of ours was put there by somebody else; it is not to keep our rows from being sealed.
    let rows = try records(
      """
       WHERE batch IS NULL AND id LIKE '________-____-7___-____-____________' AND id >= '0' AND id < 'g'
      ORDER BY id LIMIT \(AuditBatch.maximumRowCount)
      """, [])
    guard let batch = try make(newest, rows) else { return (newest, false) }
    let (ids, list) = Self.members(rows.map(\.id), from: 2)
    let mark = SQLStatement(
      "UPDATE vmfa_audit_event SET batch = $1 WHERE id IN (\(list))", [.integer(batch.number)] + ids)
    _ = try run([Self.insertion(of: batch), mark])
    return (batch, true)
  }
}

private enum AuditSQL {
  static let insertRecord = RepeatedSQL(AuditRecord.columns.insertion(into: "vmfa_audit_event"))
  static let insertBatch = RepeatedSQL(AuditBatch.columns.insertion(into: "vmfa_audit_batch"))
  static let newestBatch = RepeatedSQL(
    "SELECT \(AuditBatch.columns.list) FROM vmfa_audit_batch ORDER BY number DESC LIMIT 1")
}
