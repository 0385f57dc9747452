internal import CSQLite
internal import GRDB

/// How long the write-ahead log is, and how much of it the database has already, in frames (pages).
struct LogState: Equatable {
  let frames: Int
  let carried: Int

  /// What only the log has.
  var rest: Int { frames - carried }

  /// - Returns: nil where the connection has read nothing yet.
  init?(_ database: Database) {
    var frames: UInt32 = 0, carried: UInt32 = 0
    guard let connection = unsafe database.sqliteConnection,
      unsafe sqlite_log_state(connection, &frames, &carried) != 0
    else { return nil }
    (self.frames, self.carried) = (Int(frames), Int(carried))
  }
}
