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

  /// Audit rows of all that share a commit, which are written at its end.
  var takenAlong: [AuditRecord] = []

  /// What was prepared for SQL that is run again and again.
  private var statements: [Statement?] = []

  private let takesAlong: Bool

  /// - Parameter takesAlong: whether whoever made this session writes the audit rows at the end.
  init(_ database: Database, takesAlong: Bool = false) {
    self.database = database
    self.takesAlong = takesAlong
  }

  var locksRows: Bool { false }
  var auditLayout: AuditLayout { .number }

  func takeAlong(_ records: [AuditRecord]) -> Bool {
    if takesAlong { takenAlong += records }
    return takesAlong
  }

  func run(_ statements: [SQLStatement]) throws -> [SQLResult] { try statements.map(run) }

  private func run(_ sql: SQLStatement) throws -> SQLResult {
    let statement = try unsafe statement(for: sql).sqliteStatement
    return try unsafe Self.bytes(of: sql.arguments).withUnsafeBufferPointer { bytes in
      defer {
        unsafe sqlite3_reset(statement)
        unsafe sqlite3_clear_bindings(statement)
      }
      try unsafe bind(sql.arguments, in: bytes, to: statement)
      return try unsafe result(of: statement)
    }
  }

  private func statement(for sql: SQLStatement) throws -> Statement {
    guard let repeated = sql.repeated else { return try database.cachedStatement(sql: sql.text) }
    let missing = repeated.number + 1 - statements.count
    if missing > 0 { statements += repeatElement(nil, count: missing) }
    if let known = statements[repeated.number] { return known }
    let statement = try database.cachedStatement(sql: sql.text)
    statements[repeated.number] = statement
    return statement
  }

  /// All texts and blobs in one place, which stays where it is while the statement runs: SQLite then makes no copies.
  private static func bytes(of arguments: [SQLValue]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    // Without any bytes there may be no address, and no address would be NULL.
    bytes.append(0)
    for argument in arguments {
      switch argument {
      case .text(let text): bytes.append(utf8: text)
      case .bytes(let more): bytes += more
      case .null, .integer: break
      }
    }
    return bytes
  }

  private func bind(
    _ arguments: [SQLValue], in bytes: UnsafeBufferPointer<UInt8>, to statement: SQLiteStatement
  ) throws {
    var place: Int32 = 0, offset = 1
    for argument in arguments {
      place += 1
      // The first byte is there: see above.
      let start = unsafe bytes.baseAddress.unsafelyUnwrapped + offset
      switch argument {
      case .null: try check(unsafe sqlite3_bind_null(statement, place))
      case .integer(let integer): try check(unsafe sqlite3_bind_int64(statement, place, integer))
      case .text(let text):
        let count = text.utf8.count
        try unsafe start.withMemoryRebound(to: CChar.self, capacity: count) {
          try check(unsafe sqlite3_bind_text(statement, place, $0, Int32(count), nil))
        }
        offset += count
      case .bytes(let bytes):
        try check(unsafe sqlite3_bind_blob(statement, place, start, Int32(bytes.count), nil))
        offset += bytes.count
      }
    }
  }

  private func result(of statement: SQLiteStatement) throws -> SQLResult {
    let columnCount = unsafe sqlite3_column_count(statement)
    var rows = SQLRows(columnCount: Int(columnCount))
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW: for column in 0..<columnCount { unsafe rows.append(column, of: statement) }
      case SQLITE_DONE:
        return SQLResult(
          rows: rows, changed: columnCount == 0 ? Int(unsafe sqlite3_changes(database.sqliteConnection)) : 0)
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

extension SQLRows {
  fileprivate mutating func append(_ column: Int32, of statement: SQLiteStatement) {
    switch unsafe sqlite3_column_type(statement, column) {
    case SQLITE_NULL: appendNull()
    case SQLITE_INTEGER: append(unsafe sqlite3_column_int64(statement, column))
    case SQLITE_BLOB:
      let blob = unsafe sqlite3_column_blob(statement, column)
      unsafe append(blob: UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(statement, column))))
    // What is no integer and no blob reads as text; whoever wants a number finds that it is none.
    default:
      guard let text = unsafe sqlite3_column_text(statement, column) else { return appendNull() }
      unsafe append(text: UnsafeRawBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column))))
    }
  }
}
