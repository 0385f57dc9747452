public import OATH

extension Verifier {
  /// Audit rows, a page at a time.
  public func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord] {
    try await store.auditRecords(query)
  }

  /// Seals the rows that no batch holds yet. Any number of replicas may call this at once: the store lets one seal.
  /// - Returns: the head of the chain then; nil while there has been nothing to seal.
  public func sealAudit(at now: UnixTime) async throws(VerifierError) -> AuditHead? {
    while true {
      let key = keys.current.integrityKey
      let sealed = try await store.sealAudit { previous, rows throws(VerifierError) in
        guard !rows.isEmpty else { return nil }
        let batch = try AuditBatch(rows, after: previous, at: now.seconds, under: key)
        return batch.rowCount > 0 ? batch : nil
      }
      guard sealed.made, let newest = sealed.newest, newest.rowCount == AuditBatch.maximumRowCount else {
        return sealed.newest?.head
      }
    }
  }

  /// Walks the whole chain and every row that is not sealed yet.
  /// - Parameters:
  ///   - head: one that was kept elsewhere; with it the walk also sees whether the end of the chain was cut off.
  ///   - progress: told now and then how many rows were looked at.
  public func verifyAudit(
    against head: AuditHead? = nil, progress: @Sendable (Int) -> Void = { _ in }
  ) async throws(VerifierError) -> AuditReport {
    var report = AuditReport(), previous: AuditBatch?
    // Keys that other replicas added are wanted too.
    try await keys.reload(from: store)
    let keys = keys.current
    var isHeadFound = head == nil
    while case let batches = try await store.auditBatches(after: previous?.number ?? 0, limit: 20), !batches.isEmpty {
      for batch in batches {
        let expected = (previous?.number ?? 0) + 1
        for number in (expected..<max(batch.number, expected)).prefix(100) { report.add(.batchMissing(number)) }
        try report.add(batch, after: previous, rows: try await store.auditRecords(inBatch: batch.number), keys: keys)
        if batch.number == head?.number { isHeadFound = batch.tag == head?.tag }
        previous = batch
      }
      progress(report.rowCount)
    }
    report.head = previous?.head
    if let head, !isHeadFound { report.add(.headMissing(head)) }
    // Rows whose batch was taken away from them.
    var beyond = AuditQuery()
    beyond.afterBatch = previous?.number ?? 0
    for row in try await store.auditRecords(beyond) { report.add(.rowAdded(id: row.id, batch: row.batch ?? 0)) }
    try await addUnsealed(to: &report, keys: keys, progress: progress)
    return report
  }

  private func addUnsealed(
    to report: inout AuditReport, keys: KeySet, progress: @Sendable (Int) -> Void
  ) async throws(VerifierError) {
    var query = AuditQuery(unsealedOnly: true, limit: AuditBatch.maximumRowCount)
    while case let rows = try await store.auditRecords(query), let last = rows.last {
      for row in rows {
        let isAuthentic = try keys.integrityKey(row.keyID)?.authenticates(row) ?? false
        if !isAuthentic { report.add(.rowChanged(id: row.id, batch: nil)) }
      }
      report.rowCount += rows.count
      report.unsealedCount += rows.count
      query.after = last.id
      progress(report.rowCount)
    }
  }
}

extension AuditReport {
  fileprivate mutating func add(
    _ batch: AuditBatch, after previous: AuditBatch?, rows: [AuditRecord], keys: KeySet
  ) throws(VerifierError) {
    batchCount += 1
    rowCount += rows.count
    let isWhole = try add(rows, of: batch, keys: keys)
    // What is wrong with a row has been said by the row's name; the batch is named only for what is its own.
    let isAuthentic = try keys.integrityKey(batch.keyID).map { key throws(VerifierError) in
      try batch.isAuthentic(after: previous, rows: rows.filter { $0.batch == batch.number }, under: key)
    }
    if isWhole, isAuthentic != true { add(.batchChanged(batch.number)) }
  }

  /// - Returns: whether the rows are those that the batch lists, and each is as it was written.
  private mutating func add(_ rows: [AuditRecord], of batch: AuditBatch, keys: KeySet) throws(VerifierError) -> Bool {
    let before = findings.count
    let listed = Set(batch.ids), present = Set(rows.map(\.id))
    for id in batch.ids where !present.contains(id) { add(.rowMissing(id: id, batch: batch.number)) }
    for row in rows {
      let isAuthentic = try keys.integrityKey(row.keyID)?.authenticates(row) ?? false
      if !listed.contains(row.id) {
        add(.rowAdded(id: row.id, batch: batch.number))
      } else if !isAuthentic {
        add(.rowChanged(id: row.id, batch: batch.number))
      }
    }
    return findings.count == before
  }
}

extension IntegrityKey {
  fileprivate func authenticates(_ row: AuditRecord) throws(VerifierError) -> Bool { try row.isAuthentic(under: self) }
}
