internal import GRDB
internal import GRDBSQLite
internal import Verifier
internal import StoreSQL

/// A connection to SQLite as the shared SQL sees it: a writing transaction has the database for itself, and a round trip
/// costs nothing. It serves one transaction after the other.
///
/// GRDB opens the connection and keeps its prepared statements; arguments and columns go through SQLite's own calls, since
/// GRDB's values in between cost more than all the rest of an attempt.
final class SQLiteSession: SQLSession {
  let database: Database
  /// Read once for all that share a commit: nobody else can change them meanwhile.
  var knownSettings: (rules: VerificationRules, account: AccountID)?

  /// What all that share a commit leave to its end.
  var along = RowsAlong()

  /// How many rows had changed, and what was taken along, when the present job's turn began.
  private var start = (changes: 0 as Int32, along: (records: 0, uses: 0))

  /// What was read for those that share a commit and have not had their turn.
  private var unitsAhead: UnitsAhead?

  /// What was prepared for SQL that is run again and again.
  private var statements: [Statement?] = []

  private let isShared: Bool

  /// - Parameter isShared: whether whoever made this session writes at the end what was taken along.
  init(_ database: Database, isShared: Bool = false) {
    self.database = database
    self.isShared = isShared
  }

  var locksRows: Bool { false }
  var auditLayout: AuditLayout { .number }

  /// What is known of the database, and what is still to be written to it, is of one transaction.
  func begin() {
    (knownSettings, unitsAhead) = (nil, nil)
    along = RowsAlong()
  }

  /// How many rows this connection has inserted, changed or deleted since it was opened.
  private var totalChanges: Int32 { unsafe sqlite3_total_changes(database.sqliteConnection) }

  /// The next of the jobs that share this transaction has its turn.
  func beginTurn() { start = (totalChanges, along.counts) }

  /// Drops what the present job has left to be written.
  /// - Returns: whether that was all that it has changed.
  func takeBackTurn() -> Bool {
    along.drop(after: start.along)
    return totalChanges == start.changes
  }

  /// What cannot be read ahead, of one of them perhaps, is read when its turn comes.
  func readAhead(_ users: [UserName]) throws {
    do { unitsAhead = try unitsAhead(users) } catch { if !database.isInsideTransaction { throw error } }
  }

  func forgetUnitsAhead() { unitsAhead = nil }
  func takeUnit(readAheadOf name: UserName) throws -> StoredUnit? { try unitsAhead?.take(name) }

  /// Uses only where most of what the commit reads is read already: they are written before anything else is run.
  var takesAlong: (records: Bool, uses: Bool) { (isShared, isShared && unitsAhead != nil) }

  func takeAlong(_ records: [AuditRecord], _ uses: [StoredDevice]) { along.add(records, uses) }

  /// Whatever runs sees the use of devices. What cannot be written stays, and is told of at the end of the commit; what can
  /// be, and is of earlier jobs only, is no change of the one that reads.
  func writeUses() throws {
    guard !along.uses.isEmpty else { return }
    let areOthers = along.uses.count == start.along.uses, before = totalChanges, uses = along.takeUses()
    do { try write(uses) } catch {
      along.add([], uses)
      throw error
    }
    if areOthers { start = (start.changes + totalChanges - before, (start.along.records, 0)) }
  }

  func run(_ statements: [SQLStatement]) throws -> [SQLResult] { try statements.map(run) }

  func run(_ sql: SQLStatement) throws -> SQLResult {
    try writeUses()
    let statement = try sql.repeated.map(statement(for:)) ?? database.cachedStatement(sql: sql.text)
    let handle = unsafe statement.sqliteStatement
    defer { unsafe sqlite3_clear_bindings(handle) }
    return try unsafe run(handle, sql.arguments)
  }

  func run(_ sql: RepeatedSQL, forEach rows: SQLRows) throws {
    guard !rows.isEmpty else { return }
    try writeUses()
    let statement = try unsafe statement(for: sql).sqliteStatement
    defer { unsafe sqlite3_clear_bindings(statement) }
    for row in rows { _ = try unsafe run(statement, row) }
  }

  /// What is bound is gone afterwards: it is to be bound anew or cleared.
  private func run(_ statement: SQLiteStatement, _ arguments: SQLRow) throws -> SQLResult {
    // All texts and blobs stay where they are while the statement runs: SQLite makes no copies.
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
        // Where there are columns there is an address.
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
    // Looked up once; nobody else uses the connection meanwhile.
    let value = unsafe sqlite3_column_value(statement, column)
    switch unsafe sqlite3_value_type(value) {
    case SQLITE_NULL: appendNull()
    case SQLITE_INTEGER: append(unsafe sqlite3_value_int64(value))
    case SQLITE_BLOB:
      let blob = unsafe sqlite3_value_blob(value)
      unsafe append(blob: UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_value_bytes(value))))
    // What is no integer and no blob reads as text; whoever wants a number finds that it is none.
    default:
      guard let text = unsafe sqlite3_value_text(value) else { return appendNull() }
      unsafe append(text: UnsafeRawBufferPointer(start: text, count: Int(sqlite3_value_bytes(value))))
    }
  }
}
