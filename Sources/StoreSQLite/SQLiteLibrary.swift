internal import GRDBSQLite

/// The SQLite library that the program runs with.
public enum SQLiteLibrary {
  /// Its version, such as `3.40.1`.
  public static var version: String { unsafe String(cString: sqlite3_libversion()) }

  /// A warning about this version for an operator, in sentences; nil if there is none.
  public static var advice: String? {
    guard losesLogs(version: Int(sqlite3_libversion_number())) else { return nil }
    return """
      SQLite \(version) can lose committed changes (sqlite.org/wal.html, "The WAL-Reset Bug"). vmfa avoids that by how it \
      carries its log over. Other programs that open the database, such as the sqlite3 shell, can still meet it. \
      SQLite 3.51.3 does not have the bug.
      """
  }

  /// Whether a version has the WAL-reset bug: all before 3.51.3 have, but for 3.50.7 and 3.44.6 and what came after these
  /// with the same second number.
  /// - Parameter version: as SQLite counts: 3,051,003 is 3.51.3.
  package static func losesLogs(version: Int) -> Bool {
    switch version / 1000 {
    case 3050: version < 3_050_007
    case 3044: version < 3_044_006
    default: version < 3_051_003
    }
  }
}
