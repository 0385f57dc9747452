public import OATH

extension Verifier {
  /// Audit rows, a page at a time.
  public func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord] {
    try await store.auditRecords(query)
  }

  /// Audit rows for one who follows them, a page at a time: in the order of the chain, without those that no batch holds yet.
  /// What is there keeps its place, and what comes later comes behind it: whoever goes on after the last row that they have
  /// misses none, whatever clocks said and whichever transaction ended first.
  /// - Parameters:
  ///   - query: whatever its order.
  ///   - id: the row to go on after; nil or empty for all.
  /// - Throws: ``VerifierError/noSuchAuditRow(_:)`` where the chain has none of this id.
  public func auditTrail(
    _ query: AuditQuery = AuditQuery(), after id: String?
  ) async throws(VerifierError) -> [AuditRecord] {
    var query = query
    query.order = .chain
    if let id, !id.isEmpty {
      var last = AuditQuery(order: .chain, limit: 1)
      last.id = id
      query.behind = try await store.auditRecords(last).first
      if query.behind == nil { throw .noSuchAuditRow(id) }
    }
    return try await store.auditRecords(query)
  }

  /// Seals the rows that no batch holds yet. Any number of replicas may call this at once: the store lets one seal.
  /// - Returns: the head of the chain then; nil while there has been nothing to seal.
  public func sealAudit(at now: UnixTime) async throws(VerifierError) -> AuditHead? {
    let make = sealing { now }
    while true {
      let sealed = try await store.sealAudit(make)
      guard sealed.made, let newest = sealed.newest, newest.rowCount == AuditBatch.maximumRowCount else {
        return sealed.newest?.head
      }
    }
  }

  /// From now on the store seals rows with the commits that bring them, where it can; ``sealAudit(at:)`` seals the others.
  func sealAuditOnCommit(now: @escaping @Sendable () -> UnixTime) { store.sealAuditOnCommit(sealing(now: now)) }

  private func sealing(now: @escaping @Sendable () -> UnixTime) -> AuditSealing {
    { [keys] previous, rows throws(VerifierError) in
      guard !rows.isEmpty else { return nil }
      let batch = try AuditBatch(rows, after: previous, at: now().seconds, under: keys.current.integrityKey)
      return batch.rowCount > 0 ? batch : nil
    }
  }

  /// Walks the whole chain and every row that is not sealed yet.
  /// - Parameters:
  ///   - head: one that was kept elsewhere; with it the walk also sees whether the end of the chain was cut off.
  ///   - progress: told now and then how many rows were looked at.
  public func verifyAudit(
    against head: AuditHead? = nil, progress: @Sendable (Int) -> Void = { _ in }
  ) async throws(VerifierError) -> AuditReport {
    var report = AuditReport()
    var walk = AuditWalk(keys: try await currentKeys(), wantedHead: head)
    try await addStrangers(to: &report)
    try await follow(&walk, report: &report, progress: progress)
    // Rows whose batch is not there. A sealer may have added batches since the walk ended.
    var beyond = AuditQuery()
    beyond.outsideBatches = walk.previous?.number ?? 0
    if case let strays = try await store.auditRecords(beyond), !strays.isEmpty {
      try await follow(&walk, report: &report, progress: progress)
      let newest = walk.previous?.number ?? 0
      for row in strays {
        guard let batch = row.batch, batch > newest || batch < 1 else { continue }
        report.add(.rowAdded(id: row.id, batch: batch))
      }
    }
    report.head = walk.previous?.head
    if let head, !walk.isHeadFound { report.add(.headMissing(head)) }
    try await addUnsealed(to: &report, walk: &walk, progress: progress)
    return report
  }

  /// Batches that have no place in the chain, below it and above; a hundred are enough.
  private func addStrangers(to report: inout AuditReport) async throws(VerifierError) {
    let numbers = AuditBatch.numbers
    let below = try await store.auditBatches(after: nil, limit: 100).prefix { $0.number < numbers.lowerBound }
    let above = try await store.auditBatches(after: numbers.upperBound, limit: 100)
    for batch in below + above { report.add(.batchAdded(batch.number)) }
  }

  /// Walks on from where the walk is, to the end of the chain.
  private func follow(
    _ walk: inout AuditWalk, report: inout AuditReport, progress: @Sendable (Int) -> Void
  ) async throws(VerifierError) {
    while case let batches = try await store.auditBatches(after: walk.previous?.number ?? 0, limit: 20).filter({
      AuditBatch.numbers.contains($0.number)
    }), !batches.isEmpty {
      for batch in batches {
        let expected = (walk.previous?.number ?? 0) + 1
        for number in (expected..<max(batch.number, expected)).prefix(100) { report.add(.batchMissing(number)) }
        let rows = try await store.auditRecords(inBatch: batch.number)
        try await learn(rows.map(\.keyID) + [batch.keyID], for: &walk)
        try report.add(batch, after: walk.previous, rows: rows, keys: walk.keys)
        if batch.number == walk.wantedHead?.number { walk.isHeadFound = batch.tag == walk.wantedHead?.tag }
        walk.previous = batch
      }
      progress(report.rowCount)
    }
  }

  /// Keys that came while the walk was on its way are looked up, each once.
  private func learn(_ ids: [String], for walk: inout AuditWalk) async throws(VerifierError) {
    let unknown = Set(ids).subtracting(walk.lookedUp).filter { walk.keys.integrityKey($0) == nil }
    guard !unknown.isEmpty else { return }
    walk.lookedUp.formUnion(unknown)
    walk.keys = try await currentKeys()
  }

  private func currentKeys() async throws(VerifierError) -> KeySet {
    try await keys.reload(from: store)
    return keys.current
  }

  private func addUnsealed(
    to report: inout AuditReport, walk: inout AuditWalk, progress: @Sendable (Int) -> Void
  ) async throws(VerifierError) {
    var query = AuditQuery(unsealedOnly: true, limit: AuditBatch.maximumRowCount)
    while case let rows = try await store.auditRecords(query), let last = rows.last {
      guard query.isFollowed(by: last) else { return report.add(.rowChanged(id: last.id, batch: nil)) }
      try await learn(rows.map(\.keyID), for: &walk)
      for row in rows {
        let isAuthentic = try walk.keys.integrityKey(row.keyID)?.authenticates(row) ?? false
        if !isAuthentic { report.add(.rowChanged(id: row.id, batch: nil)) }
      }
      report.rowCount += rows.count
      report.unsealedCount += rows.count
      query.after = last.id
      progress(report.rowCount)
    }
  }
}

/// How far a walk along the chain is.
private struct AuditWalk {
  var keys: KeySet
  let wantedHead: AuditHead?
  var isHeadFound = false
  /// The newest batch so far.
  var previous: AuditBatch?
  /// Keys that were asked for and may not be there.
  var lookedUp: Set<String> = []
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
    guard findings.count == before else { return false }
    for id in batch.moved(of: rows) { add(.rowMoved(id: id, batch: batch.number)) }
    return findings.count == before
  }
}

extension IntegrityKey {
  fileprivate func authenticates(_ row: AuditRecord) throws(VerifierError) -> Bool { try row.isAuthentic(under: self) }
}

extension AuditBatch {
  /// The ids of those of its rows that a store has behind rows that come after them: a follower goes by where rows lie.
  fileprivate func moved(of rows: [AuditRecord]) -> [String] {
    let places = Dictionary(zip(ids, 0...), uniquingKeysWith: { first, _ in first })
    let lying = rows.compactMap { row in row.index.map { (index: $0, row: row) } }.sorted { $0.index < $1.index }
    var furthest = 0
    return lying.compactMap { _, row in
      guard let place = places[row.id] else { return nil }
      defer { furthest = max(furthest, place) }
      return place < furthest ? row.id : nil
    }
  }
}
