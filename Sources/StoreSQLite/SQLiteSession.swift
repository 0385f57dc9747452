internal import GRDB
internal import GRDBSQLite
internal import Verifier
internal import StoreSQL

/// A connection to SQLite, for the SQL that both databases share. A writing transaction has the database for itself, and a
/// round trip costs nothing.
///
/// GRDB opens the connection and keeps its prepared statements. Arguments and columns go through SQLite's own calls: GRDB's
/// values cost more than the rest of an attempt.
final class SQLiteSession: SQLSession {
  let database: Database
  /// The rules and the account id, read once per commit. Nobody else can change them during a commit.
  var knownSettings: (rules: VerificationRules, account: AccountID)?

  /// Audit rows of the jobs that share a commit, inserted when it ends.
  private(set) var queuedRecords: [AuditRecord] = []

  /// How many rows had changed, and how many were queued, when the present job began.
  private var start = (changes: 0 as Int32, queued: 0)

  /// Prepared statements, by the number of their SQL.
  private var statements: [Statement?] = []

  private let isShared: Bool

  /// - Parameter isShared: whether jobs share a commit, which inserts the audit rows of all of them.
  init(_ database: Database, isShared: Bool = false) {
    self.database = database
    self.isShared = isShared
  }

  var locksRows: Bool { false }
  var auditLayout: AuditLayout { .number }

  /// Forgets the last transaction.
  func begin() { (knownSettings, queuedRecords) = (nil, []) }

  /// How many rows this connection has inserted, changed or deleted since it was opened.
  private var totalChanges: Int32 { unsafe sqlite3_total_changes(database.sqliteConnection) }

  /// Marks the beginning of a job.
  func beginJob() { start = (totalChanges, queuedRecords.count) }

  /// Discards the audit rows that the present job has queued.
  /// - Returns: whether the job has changed no row.
  func discardJob() -> Bool {
    queuedRecords.removeSubrange(start.queued...)
    return totalChanges == start.changes
  }

  /// Inserts the queued audit rows, as a batch of their own where `seal` makes one.
  func insertQueuedRecords(sealing seal: AuditSealing? = nil) throws {
    let records = queuedRecords
    queuedRecords = []
    if !records.isEmpty { try insert(queued: records, sealing: seal) }
  }

  func queue(_ records: [AuditRecord]) -> Bool {
    if isShared { queuedRecords += records }
    return isShared
  }

  func run(_ statements: [SQLStatement]) throws -> [SQLResult] { try statements.map(run) }

  func run(_ sql: SQLStatement) throws -> SQLResult {
    let statement = try sql.repeated.map(statement(for:)) ?? database.cachedStatement(sql: sql.text)
    let handle = unsafe statement.sqliteStatement
    defer { unsafe sqlite3_clear_bindings(handle) }
    return try unsafe run(handle, sql.arguments)
  }

  /// - Warning: the arguments are invalid afterwards. The caller binds others, or clears the bindings.
  private func run(_ statement: SQLiteStatement, _ arguments: SQLRow) throws -> SQLResult {
    // Texts and blobs stay in place while the statement runs, so SQLite needs no copies.
    try unsafe arguments.storage.withUnsafeBufferPointer { bytes in
      defer { unsafe sqlite3_reset(statement) }
      try unsafe bind(arguments, in: bytes, to: statement)
      return try unsafe result(of: statement)
    }
  }

  private func statement(for repeated: RepeatedSQL) throws -> Statement {
    let missing = repeated.number + 1 - statements.count
    if missing > 0 { statements += repeatElement(nil, count: missing) }
    if let known = statements[repeated.number] { return known }
    let statement = try database.cachedStatement(sql: repeated.text)
    statements[repeated.number] = statement
    return statement
  }

  private func bind(
    _ arguments: SQLRow, in bytes: UnsafeBufferPointer<UInt8>, to statement: SQLiteStatement
  ) throws {
    for index in 0..<arguments.count {
      let place = Int32(index + 1)
      switch arguments[index] {
      case .null, nil: try check(unsafe sqlite3_bind_null(statement, place))
      case .integer(let integer): try check(unsafe sqlite3_bind_int64(statement, place, integer))
      case .text(let start, let count):
        // A row with columns has storage.
        let text = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + Int(start))
        try check(
          unsafe sqlite3_bind_text(statement, place, text.assumingMemoryBound(to: CChar.self), Int32(count), nil))
      case .blob(let start, let count):
        let blob = unsafe bytes.baseAddress.unsafelyUnwrapped + Int(start)
        try check(unsafe sqlite3_bind_blob(statement, place, blob, Int32(count), nil))
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
    // A value is safe to use unprotected, since nobody else uses the connection.
    let value = unsafe sqlite3_column_value(statement, column)
    switch unsafe sqlite3_value_type(value) {
    case SQLITE_NULL: appendNull()
    case SQLITE_INTEGER: append(unsafe sqlite3_value_int64(value))
    case SQLITE_BLOB:
      let blob = unsafe sqlite3_value_blob(value)
      unsafe append(blob: UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_value_bytes(value))))
    // A real number reads as text, and is refused by whoever expects an integer.
    default:
      guard let text = unsafe sqlite3_value_text(value) else { return appendNull() }
      unsafe append(text: UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value))))
    }
  }
}
