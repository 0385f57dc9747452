internal import GRDB
internal import GRDBSQLite
internal import Verifier
internal import VerifierSQL

/// A connection to SQLite as the shared SQL sees it: a writing transaction has the database for itself, and a round trip
/// costs nothing.
///
/// GRDB opens the connection and keeps its prepared statements; arguments and columns go through SQLite's own calls, since
/// GRDB's values in between cost more than all the rest of an attempt.
final class SQLiteSession: SQLSession {
  let database: Database
  /// Read once for all that share a commit: nobody else can change them meanwhile.
  var knownSettings: (policy: Policy, account: AccountID)?

  init(_ database: Database) { self.database = database }

  var locksRows: Bool { false }

  func run(_ statements: [SQLStatement]) throws -> [SQLResult] { try statements.map(run) }

  private func run(_ sql: SQLStatement) throws -> SQLResult {
    let statement = try unsafe database.cachedStatement(sql: sql.text).sqliteStatement
    defer {
      unsafe sqlite3_reset(statement)
      unsafe sqlite3_clear_bindings(statement)
    }
    for (index, value) in sql.arguments.enumerated() {
      try check(unsafe value.bind(to: statement, at: Int32(index + 1)))
    }
    var rows: [[SQLValue]] = []
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW:
        rows.append(
          unsafe (0..<sqlite3_column_count(statement)).map { unsafe SQLValue(column: $0, of: statement) })
      case SQLITE_DONE:
        return SQLResult(rows: rows, changed: unsafe sqlite3_column_count(statement) == 0 ? database.changesCount : 0)
      case let code: try check(code)
      }
    }
  }

  private func check(_ code: Int32) throws {
    guard code != SQLITE_OK else { return }
    let error = unsafe DatabaseError(
      resultCode: ResultCode(rawValue: sqlite3_extended_errcode(database.sqliteConnection)),
      message: database.lastErrorMessage)
    throw error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY ? SQLFailure.foreignKey : error
  }
}

extension SQLValue {
  /// - Returns: SQLite's result code.
  fileprivate func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
    switch self {
    case .null: return unsafe sqlite3_bind_null(statement, place)
    case .integer(let integer): return unsafe sqlite3_bind_int64(statement, place, integer)
    case .text(var text):
      // Without bytes there may be no address, and no address would be NULL.
      guard !text.isEmpty else { return unsafe sqlite3_bind_text(statement, place, "", 0, Self.copied) }
      return text.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
          unsafe sqlite3_bind_text(statement, place, bytes.baseAddress, Int32(bytes.count), Self.copied)
        }
      }
    case .bytes(let bytes):
      return unsafe bytes.withUnsafeBytes { bytes in
        unsafe bytes.count == 0
          ? sqlite3_bind_zeroblob(statement, place, 0)
          : sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(bytes.count), Self.copied)
      }
    }
  }

  fileprivate init(column: Int32, of statement: SQLiteStatement) {
    switch unsafe sqlite3_column_type(statement, column) {
    case SQLITE_NULL: self = .null
    case SQLITE_INTEGER: self = .integer(unsafe sqlite3_column_int64(statement, column))
    case SQLITE_BLOB:
      let count = Int(unsafe sqlite3_column_bytes(statement, column))
      let bytes = unsafe UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, column), count: count)
      self = .bytes(unsafe [UInt8](bytes))
    // What is no integer and no blob reads as text; whoever wants a number finds that it is none.
    default:
      guard let text = unsafe sqlite3_column_text(statement, column) else {
        self = .null
        return
      }
      let bytes = unsafe UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column)))
      self = .text(unsafe String(decoding: bytes, as: UTF8.self))
    }
  }

  /// SQLITE_TRANSIENT: SQLite makes a copy of its own.
  private static var copied: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
