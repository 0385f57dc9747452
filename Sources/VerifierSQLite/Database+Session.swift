internal import Foundation
internal import GRDB
internal import VerifierSQL

/// SQLite as the shared SQL sees it: a writing transaction has the database for itself, and a round trip costs nothing.
extension Database: SQLSession {
  var locksRows: Bool { false }

  func run(_ statements: [SQLStatement]) throws -> [SQLResult] { try statements.map(run) }

  private func run(_ sql: SQLStatement) throws -> SQLResult {
    do {
      let statement = try cachedStatement(sql: sql.text)
      let arguments = StatementArguments(sql.arguments.map(\.databaseValue))
      guard statement.columnCount > 0 else {
        try statement.execute(arguments: arguments)
        return SQLResult(rows: [], changed: changesCount)
      }
      var rows: [[SQLValue]] = []
      let cursor = try Row.fetchCursor(statement, arguments: arguments)
      while let row = try cursor.next() { rows.append((0..<row.count).map { SQLValue(row[$0] as DatabaseValue) }) }
      return SQLResult(rows: rows, changed: 0)
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY {
      throw SQLFailure.foreignKey
    }
  }
}

extension SQLValue {
  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let integer): integer.databaseValue
    case .text(let text): text.databaseValue
    case .bytes(let bytes): Data(bytes).databaseValue
    }
  }

  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(integer)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .bytes([UInt8](data))
    // No column of ours: whoever reads it will find that it is no integer.
    case .double(let double): self = .text("\(double)")
    }
  }
}
