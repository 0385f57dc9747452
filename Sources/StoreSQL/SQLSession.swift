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

/// SQL that runs often. A session finds its prepared statement by a number, without hashing the text.
package final class RepeatedSQL: Sendable {
  private static let count = Atomic(0)

  package let text: String
  /// From 0 on, unique in the process.
  package let number: Int

  package init(_ text: String) {
    self.text = text
    number = Self.count.wrappingAdd(1, ordering: .relaxed).oldValue
  }
}

/// A statement that both databases understand, with `$1`, `$2`, … for its arguments.
package struct SQLStatement: Sendable {
  package let text: String
  package let arguments: SQLRow
  /// nil for SQL that runs rarely.
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

/// The result of a statement.
package struct SQLResult: Sendable {
  package let rows: SQLRows
  /// How many rows were inserted, changed or deleted.
  package let changed: Int

  package init(rows: SQLRows = SQLRows(), changed: Int = 0) {
    self.rows = rows
    self.changed = changed
  }
}

/// A connection inside a transaction.
package protocol SQLSession {
  /// Whether rows are locked before they are changed; false if a transaction has the database for itself.
  var locksRows: Bool { get }

  /// How audit rows record which batch holds them.
  var auditLayout: AuditLayout { get }

  /// The rules and the account id, if this transaction has read them.
  var knownSettings: (rules: VerificationRules, account: AccountID)? { get nonmutating set }

  /// Queues audit rows, to be inserted when the commit ends.
  /// - Returns: false if this session has no queue; the caller then inserts the rows.
  func queue(_ records: [AuditRecord]) -> Bool

  /// Runs statements in their order, in one round trip.
  /// - Throws: ``SQLFailure``, and the database's own errors. The session is unusable then.
  func run(_ statements: [SQLStatement]) throws -> [SQLResult]

  /// Runs one statement.
  func run(_ statement: SQLStatement) throws -> SQLResult
}

/// The database errors that shared SQL reacts to.
package enum SQLFailure: Error {
  /// Another transaction came first. The whole transaction has to run again.
  case conflict
  /// A foreign key constraint failed.
  case foreignKey
}

extension SQLSession {
  /// Reads them each time, since others may change them at any time.
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
