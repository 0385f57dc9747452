internal import Synchronization
package import Verifier

/// A value of a column or an argument.
package enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])

  package init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }
  package init(_ text: String?) { self = text.map { .text($0) } ?? .null }
}

/// SQL that is run again and again: a session finds what it prepared for it by its number, without looking at the text.
package final class RepeatedSQL: Sendable {
  private static let count = Atomic(0)

  package let text: String
  /// Counted from 0 on through all that there are.
  package let number: Int

  package init(_ text: String) {
    self.text = text
    number = Self.count.wrappingAdd(1, ordering: .relaxed).oldValue
  }
}

/// SQL with `$1`, `$2`, … for its arguments. What both databases understand, and nothing else.
package struct SQLStatement: Sendable {
  package let text: String
  package let arguments: SQLRow
  /// Where it is run again and again.
  package let repeated: RepeatedSQL?

  package init(_ text: String, _ arguments: [SQLValue] = []) { self.init(text, SQLRow(arguments)) }

  package init(_ text: String, _ arguments: SQLRow) {
    self.text = text
    self.arguments = arguments
    repeated = nil
  }

  package init(_ sql: RepeatedSQL, _ arguments: [SQLValue]) { self.init(sql, SQLRow(arguments)) }

  package init(_ sql: RepeatedSQL, _ arguments: SQLRow) {
    text = sql.text
    self.arguments = arguments
    repeated = sql
  }
}

/// What came of a statement.
package struct SQLResult: Sendable {
  package let rows: SQLRows
  /// How many rows it inserted, changed or deleted.
  package let changed: Int

  package init(rows: SQLRows = SQLRows(), changed: Int = 0) {
    self.rows = rows
    self.changed = changed
  }
}

/// A connection inside a transaction.
package protocol SQLSession {
  /// Whether rows have to be locked to be changed; false where a transaction has the database for itself.
  var locksRows: Bool { get }

  /// Where audit rows say which batch holds them.
  var auditLayout: AuditLayout { get }

  /// VerificationRules and account id, where they are known to be those of this transaction.
  var knownSettings: (rules: VerificationRules, account: AccountID)? { get nonmutating set }

  /// Queues audit rows, to insert them when the commit ends.
  /// - Returns: false where rows are inserted at once, by whoever has them.
  func queue(_ records: [AuditRecord]) -> Bool

  /// Runs statements one after the other; where a round trip costs something, in a single one.
  /// - Throws: ``SQLFailure``, and what the database has to say else. Nothing may be run after that.
  func run(_ statements: [SQLStatement]) throws -> [SQLResult]

  /// Runs one.
  func run(_ statement: SQLStatement) throws -> SQLResult
}

/// What the SQL of this target has to know of what went wrong.
package enum SQLFailure: Error {
  /// Another transaction was faster; the whole transaction has to begin anew.
  case conflict
  /// A row refers to one that is not there, or is referred to.
  case foreignKey
}

extension SQLSession {
  /// Where others may change them at any time, they are read each time.
  package var knownSettings: (rules: VerificationRules, account: AccountID)? {
    get { nil }
    nonmutating set {}
  }

  package func queue(_ records: [AuditRecord]) -> Bool { false }

  package func run(_ statement: SQLStatement) throws -> SQLResult { try run([statement])[0] }

  package func run(_ sql: RepeatedSQL, _ arguments: [SQLValue]) throws -> SQLResult {
    try run(SQLStatement(sql, arguments))
  }

  package func run(_ text: String, _ arguments: [SQLValue] = []) throws -> SQLResult {
    try run(SQLStatement(text, arguments))
  }
}

extension [String] {
  /// `$first, $first+1, …`, as many as there are columns.
  func placeholders(from first: Int = 1) -> String { indices.map { "$\($0 + first)" }.joined(separator: ", ") }
  var list: String { joined(separator: ", ") }
  /// `INSERT` of a row with these columns, as `$1, $2, …`.
  func insertion(into table: String) -> String { "INSERT INTO \(table) (\(list)) VALUES (\(placeholders()))" }
}
