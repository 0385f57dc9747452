internal import GRDB
internal import Verifier

/// The tables, as named migrations. A migration that was released is never changed; the next one is added below it.
enum Schema {
  /// "vmfa" in ASCII, in the header of the file: other programs' databases are left alone.
  static let applicationID: Int32 = 0x766D_6661

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("devices") { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      try database.execute(sql: devices)
      try database.execute(
        sql: "INSERT INTO account (only_row, id) VALUES (1, ?)", arguments: [AccountID.random().text])
    }
    return migrator
  }

  // Times are Unix seconds, steps and drifts are counted in the device's periods.
  private static let devices = """
    CREATE TABLE account (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      id TEXT NOT NULL
    ) STRICT;

    CREATE TABLE policy (
      name TEXT PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE data_key (
      place INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      sealed BLOB NOT NULL
    ) STRICT;

    CREATE TABLE user (
      name TEXT PRIMARY KEY,
      created_at INTEGER NOT NULL,
      failures INTEGER NOT NULL CHECK (failures >= 0),
      locked_until INTEGER,
      locked_until_unlocked INTEGER NOT NULL CHECK (locked_until_unlocked IN (0, 1)),
      last_failure_at INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE device (
      id TEXT PRIMARY KEY,
      serial TEXT NOT NULL UNIQUE,
      user TEXT NOT NULL REFERENCES user (name),
      issuer TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      digits INTEGER NOT NULL,
      period INTEGER NOT NULL,
      t0 INTEGER NOT NULL,
      key_id TEXT NOT NULL REFERENCES data_key (id),
      sealed_seed BLOB NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('unassigned', 'active', 'disabled')),
      last_step INTEGER,
      sync_drift INTEGER NOT NULL,
      drift INTEGER NOT NULL,
      last_side INTEGER NOT NULL CHECK (last_side IN (-1, 0, 1)),
      sync_failures INTEGER NOT NULL CHECK (sync_failures >= 0),
      created_at INTEGER NOT NULL,
      enabled_at INTEGER,
      last_used_at INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX device_by_user ON device (user, created_at, serial);
    """
}
