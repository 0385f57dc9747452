package import Verifier

/// What those that share a commit leave to be written at its end, rows of a kind together: each costs a good deal less among
/// its like.
package struct RowsAlong: Sendable {
  package private(set) var records: [AuditRecord] = []
  /// Devices as they are after a code was accepted; the later one counts.
  package private(set) var uses: [StoredDevice] = []

  package init() {}

  package mutating func add(_ records: [AuditRecord], _ uses: [StoredDevice]) {
    self.records += records
    self.uses += uses
  }

  /// Takes out what is to be written before anything else is read or written.
  package mutating func takeUses() -> [StoredDevice] {
    defer { uses = [] }
    return uses
  }

  /// How much there is of each.
  package var counts: (records: Int, uses: Int) { (records.count, uses.count) }

  /// Drops what came after there was so much. Uses that were taken out meanwhile are not there to be dropped: they are
  /// undone with what was written of them.
  package mutating func drop(after counts: (records: Int, uses: Int)) {
    records.removeSubrange(counts.records...)
    uses.removeSubrange(min(counts.uses, uses.count)...)
  }
}
