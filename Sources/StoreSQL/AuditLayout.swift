internal import Verifier

/// Where an audit row says which batch of the chain holds it.
package enum AuditLayout: Sendable {
  /// In a column of its own, `batch`, which is NULL until the row is sealed.
  case column
  /// In the key of the table, `number`: the rows of a batch have the 1,024 numbers from 1,024 times its own on, in the order
  /// of their ids, and lie beside each other behind those of the batch before. What is not sealed has a number below zero.
  case number

  private static let bits = 10

  /// The last of the columns of an audit row.
  var column: String { self == .column ? "batch" : "number" }

  /// - Parameter stored: what that column holds.
  func batch(_ stored: Int64?) -> Int64? {
    guard self == .number, let stored else { return stored }
    return stored < 0 ? nil : stored >> Self.bits
  }

  /// Where in its batch, where the column says so.
  /// - Parameter stored: what that column holds.
  func index(_ stored: Int64?) -> Int? {
    guard self == .number, let stored, stored >= 0 else { return nil }
    return Int(stored & (1 << Self.bits - 1))
  }

  /// What that column is to hold.
  /// - Parameter place: where the row is in its batch; nil where it is not sealed.
  func value(_ place: (batch: AuditBatch, index: Int)?) -> SQLValue {
    switch (self, place) {
    case (.column, let place): SQLValue(place?.batch.number)
    // Drawn, since others may be about to write theirs; there are never so many that two are likely to be the same.
    case (.number, nil): .integer(Int64.random(in: Int64.min..<0))
    case (.number, let place?): .integer(Self.number(place.index, of: place.batch.number))
    }
  }

  private static func number(_ index: Int, of batch: Int64) -> Int64 { batch << bits + Int64(index) }

  /// The condition that a row is not sealed, as the index of these rows has it.
  var isUnsealed: String { self == .column ? "batch IS NULL" : "number < 0" }

  /// That it is, likewise.
  var isSealed: String { self == .column ? "batch IS NOT NULL" : "number >= 0" }

  /// By what the chain has sealed rows in their order.
  var place: String { self == .column ? "batch, id" : "number" }

  /// Narrows to sealed rows that come behind a sealed one.
  func addRows(behind row: AuditRecord, to filter: inout SQLFilter) {
    let batch = row.batch ?? 0
    switch self {
    case .column:
      let place = [SQLValue.integer(batch), .text(row.id)].map { filter.placeholder(for: $0) }
      filter.add(condition: "(batch, id) > (\(place.list))")
    case .number: filter.add("number >", .integer(Self.number(row.index ?? 0, of: batch)))
    }
  }

  /// The keys that the rows of a batch have; nil where keys say nothing of batches, and for a batch that can have no rows.
  func keys(of batch: Int64) -> ClosedRange<Int64>? {
    guard self == .number, AuditBatch.numbers.contains(batch) else { return nil }
    return Self.number(0, of: batch)...Self.number(1 << Self.bits - 1, of: batch)
  }

  /// Rows that say they are in the batch of this number; nil where there can be none.
  func rows(of batch: Int64) -> SQLFilter? {
    var filter = SQLFilter()
    guard self == .number else {
      filter.add("batch =", .integer(batch))
      return filter
    }
    guard let keys = keys(of: batch) else { return nil }
    filter.add("number >=", .integer(keys.lowerBound))
    filter.add("number <=", .integer(keys.upperBound))
    return filter
  }

  /// Rows that say they are in a batch that cannot be: in one after `newest`, and in none at all. Each is a run of the keys,
  /// and both together are none.
  func rows(outside newest: Int64, _ filter: SQLFilter) -> [SQLFilter] {
    var later = filter, none = filter
    switch self {
    case .column:
      later.add("batch >", .integer(newest))
      none.add(condition: "batch < 1")
    case .number:
      later.add("number >=", .integer(Self.number(0, of: min(newest, AuditBatch.numbers.upperBound) + 1)))
      none.add(condition: "number BETWEEN 0 AND \(1 << Self.bits - 1)")
    }
    return [later, none]
  }

  /// Has rows say that they are in a batch: `$1` is the value of the first of them.
  /// - Parameter list: the ids of its rows, as many as a batch holds or fewer.
  func sealing(_ list: String) -> String {
    switch self {
    case .column: "UPDATE vmfa_audit_event SET batch = $1 WHERE id IN (\(list))"
    case .number:
      """
      UPDATE vmfa_audit_event SET number = $1 + place
      FROM (SELECT id AS sealed, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM vmfa_audit_event WHERE id IN (\(list)))
      WHERE id = sealed
      """
    }
  }
}
