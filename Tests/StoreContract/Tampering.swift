import Testing
package import Verifier

/// What somebody does to the audit rows who can write the database and has not the key; a store's own tests run the SQL.
package struct Tampering: Sendable, CustomTestStringConvertible {
  package let testDescription: String
  /// Done to three batches of five rows and two rows that are not sealed. `ROW` is the third row of the second batch,
  /// `NEXT` the one after it, `OPEN` the first that is not sealed; `PUT(2)` puts a row into a batch, `OF(2)` is whether it is
  /// in one.
  private let sql: String
  private let finds: @Sendable ([AuditReport.Finding], _ row: String, _ next: String, _ open: String) -> Bool

  private init(
    _ description: String, _ sql: String,
    finds: @escaping @Sendable ([AuditReport.Finding], String, String, String) -> Bool
  ) {
    testDescription = description
    self.sql = sql
    self.finds = finds
  }

  private static func edited(_ assignment: String) -> Tampering {
    Tampering("edited: \(assignment)", "UPDATE vmfa_audit_event SET \(assignment) WHERE id = 'ROW'") {
      found, row, _, _ in
      found == [.rowChanged(id: row, batch: 2)]
    }
  }

  /// A batch that has no place in the chain; the chain goes on without it.
  private static func added(_ number: Int64) -> Tampering {
    Tampering(
      "a batch added: \(number)",
      """
      INSERT INTO vmfa_audit_batch (number, sealed_at, key_id, row_ids, tag)
      SELECT \(number), sealed_at, key_id, row_ids, tag FROM vmfa_audit_batch WHERE number = 1
      """
    ) { found, _, _, _ in found == [.batchAdded(number)] }
  }

  /// For stores that keep where in its batch a row lies, in `number`.
  package static let moves = [
    Tampering("moved to the end of its batch", "UPDATE vmfa_audit_event SET number = number + 900 WHERE id = 'ROW'") {
      found, row, _, _ in found == [.rowMoved(id: row, batch: 2)]
    },
    Tampering(
      "two that changed places",
      """
      UPDATE vmfa_audit_event SET number = number + 900 WHERE id = 'ROW';
      UPDATE vmfa_audit_event SET number = number - 1 WHERE id = 'NEXT';
      UPDATE vmfa_audit_event SET number = number - 899 WHERE id = 'ROW'
      """
    ) { found, row, _, _ in found == [.rowMoved(id: row, batch: 2)] },
  ]

  package static let all =
    [Int64.min, -5, 0, Int64.max].map(added)
    + [
      "time = time + 1", "event = 'DeleteUser'", "outcome = 'accepted'", "reason = 'x'", "user_name = 'mallory'",
      "device = 'x'", "actor = 'x'", "source = 'x'", "request_id = 'x'", "key_id = 'x'",
      "tag = (SELECT tag FROM vmfa_audit_event WHERE id = 'NEXT')",
    ].map(edited) + [
      Tampering("deleted", "DELETE FROM vmfa_audit_event WHERE id = 'ROW'") { found, row, _, _ in
        found == [.rowMissing(id: row, batch: 2)]
      },
      Tampering(
        "two swapped",
        """
        UPDATE vmfa_audit_event SET id = 'x' WHERE id = 'ROW'; UPDATE vmfa_audit_event SET id = 'ROW' WHERE id = 'NEXT';
        UPDATE vmfa_audit_event SET id = 'NEXT' WHERE id = 'x'
        """
      ) { found, row, next, _ in found == [.rowChanged(id: row, batch: 2), .rowChanged(id: next, batch: 2)] },
      Tampering("moved to another batch", "UPDATE vmfa_audit_event SET PUT(3) WHERE id = 'ROW'") {
        found, row, _, _ in
        found == [.rowMissing(id: row, batch: 2), .rowAdded(id: row, batch: 3)]
      },
      Tampering("added to a batch", "UPDATE vmfa_audit_event SET PUT(2) WHERE id = 'OPEN'") { found, _, _, open in
        found == [.rowAdded(id: open, batch: 2)]
      },
      Tampering("hidden from every batch", "UPDATE vmfa_audit_event SET PUT(0) WHERE id = 'OPEN'") {
        found, _, _, open in found == [.rowAdded(id: open, batch: 0)]
      },
      Tampering("hidden in a batch to come", "UPDATE vmfa_audit_event SET PUT(9) WHERE id = 'OPEN'") {
        found, _, _, open in found == [.rowAdded(id: open, batch: 9)]
      },
      Tampering("edited before it was sealed", "UPDATE vmfa_audit_event SET outcome = 'x' WHERE id = 'OPEN'") {
        found, _, _, open in found == [.rowChanged(id: open, batch: nil)]
      },
      Tampering("a batch edited", "UPDATE vmfa_audit_batch SET sealed_at = sealed_at + 1 WHERE number = 2") {
        found, _, _, _ in found == [.batchChanged(2)]
      },
      Tampering("a batch forged", "UPDATE vmfa_audit_batch SET tag = row_ids WHERE number = 2") { found, _, _, _ in
        found == [.batchChanged(2), .batchChanged(3)]
      },
      Tampering(
        "a batch deleted with its rows",
        "DELETE FROM vmfa_audit_event WHERE OF(2); DELETE FROM vmfa_audit_batch WHERE number = 2"
      ) { found, _, _, _ in found == [.batchMissing(2), .batchChanged(3)] },
      Tampering("a batch taken from its rows", "DELETE FROM vmfa_audit_batch WHERE number = 3") { found, _, _, _ in
        found.count > 3 && found.dropLast().allSatisfy { if case .rowAdded(_, 3) = $0 { true } else { false } }
      },
      Tampering(
        "the end cut off",
        "DELETE FROM vmfa_audit_event WHERE OF(3); DELETE FROM vmfa_audit_batch WHERE number = 3"
      ) { found, _, _, _ in found.count == 1 && found[0].isHeadMissing },
    ]

  /// - Parameters:
  ///   - put: SQL that assigns a row to the batch of a number.
  ///   - isIn: SQL that tells whether a row is in it.
  ///   - sql: runs it.
  package func run(
    on store: any DeviceStore, put: (Int) -> String, isIn: (Int) -> String, sql: @Sendable (String) async throws -> Void
  ) async throws {
    let bench = try await Bench(store: store)
    _ = try await bench.enrolled()
    _ = try await bench.verify(Bench.wrongCode())
    _ = try await bench.verify(step: Bench.step())
    var head: AuditHead?
    for step in 0..<3 {
      head = try await bench.verifier.sealAudit(at: Bench.now)
      for _ in 0..<(step == 2 ? 2 : 5) { _ = try await bench.verify(step: Bench.step()) }
      _ = try await bench.verifier.unlock(UserName("alice"), at: Bench.now)
      if step < 2 { _ = try await bench.verify(step: 1) }
    }
    try await bench.store.transaction(.user(UserName("alice"))) { _ throws(VerifierError) in }
    let before = try await bench.verifier.verifyAudit(against: head)
    #expect(before.findings.isEmpty && before.batchCount == 3 && before.unsealedCount > 0)
    let second = try await store.auditRecords(inBatch: 2).map(\.id)
    let open = try await store.auditRecords(AuditQuery(unsealedOnly: true))[0].id
    var text = self.sql.replacing("ROW", with: second[2]).replacing("NEXT", with: second[3]).replacing(
      "OPEN", with: open)
    for number in 0...9 {
      text = text.replacing("PUT(\(number))", with: put(number)).replacing("OF(\(number))", with: isIn(number))
    }
    try await sql(text)
    let found = try await bench.verifier.verifyAudit(against: head).findings
    #expect(finds(found, second[2], second[3], open), "\(found.map(\.description))")
    #expect(try await bench.verifier.sealAudit(at: Bench.now)?.number ?? 0 > 2)
  }
}

extension AuditReport.Finding {
  fileprivate var isHeadMissing: Bool { if case .headMissing = self { true } else { false } }
}
