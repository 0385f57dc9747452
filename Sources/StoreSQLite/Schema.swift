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
    migrator.registerMigration("audit") { database in
      try database.execute(sql: audit)
    }
    migrator.registerMigration("accounts") { database in
      try database.execute(sql: accounts)
    }
    migrator.registerMigration("devices by user") { database in
      try database.execute(sql: devicesByUser)
    }
    migrator.registerMigration("pages") { database in
      try database.execute(sql: pages)
    }
    migrator.registerMigration("devices by key") { database in
      try database.execute(sql: devicesByKey)
    }
    migrator.registerMigration("device use") { database in
      try database.execute(sql: deviceUse)
    }
    migrator.registerMigration("audit by batch") { database in
      try database.execute(sql: auditByBatch)
    }
    migrator.registerMigration("verification rules") { database in
      try database.execute(sql: "ALTER TABLE vmfa_policy RENAME TO vmfa_verification_rule")
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

  // Names that both databases share; keys of more purposes, for more than one master key; recovery codes; devices that
  // count; audit rows and their chain.
  private static let audit = """
    ALTER TABLE account RENAME TO vmfa_account;
    ALTER TABLE policy RENAME TO vmfa_policy;
    ALTER TABLE data_key RENAME TO vmfa_key;
    ALTER TABLE user RENAME TO vmfa_user;
    ALTER TABLE device RENAME TO vmfa_device;
    ALTER TABLE vmfa_device RENAME COLUMN user TO user_name;
    ALTER TABLE vmfa_device ADD COLUMN moving_factor TEXT NOT NULL DEFAULT 'time'
      CHECK (moving_factor IN ('time', 'counter'));
    ALTER TABLE vmfa_user ADD COLUMN recovery_key TEXT REFERENCES vmfa_key (id);
    ALTER TABLE vmfa_user ADD COLUMN recovery_codes BLOB;
    CREATE INDEX vmfa_device_by_key ON vmfa_device (key_id);

    CREATE TABLE vmfa_serial (
      serial TEXT PRIMARY KEY,
      user_name TEXT NOT NULL,
      device_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO vmfa_serial SELECT serial, user_name, id FROM vmfa_device;

    CREATE TABLE vmfa_key_copy (
      key_id TEXT NOT NULL REFERENCES vmfa_key (id),
      place INTEGER NOT NULL,
      master_id TEXT NOT NULL,
      sealed BLOB NOT NULL,
      PRIMARY KEY (key_id, place)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO vmfa_key_copy SELECT id, 0, '', sealed FROM vmfa_key;
    ALTER TABLE vmfa_key DROP COLUMN sealed;
    ALTER TABLE vmfa_key ADD COLUMN purpose TEXT NOT NULL DEFAULT 'seed' CHECK (purpose IN ('seed', 'integrity'));
    ALTER TABLE vmfa_key ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE vmfa_audit_event (
      id TEXT PRIMARY KEY,
      time INTEGER NOT NULL,
      event TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT,
      user_name TEXT NOT NULL,
      device TEXT,
      actor TEXT NOT NULL,
      source TEXT,
      request_id TEXT,
      key_id TEXT NOT NULL,
      tag BLOB NOT NULL,
      batch INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX vmfa_audit_event_unsealed ON vmfa_audit_event (id) WHERE batch IS NULL;
    CREATE INDEX vmfa_audit_event_by_batch ON vmfa_audit_event (batch, id) WHERE batch IS NOT NULL;

    CREATE TABLE vmfa_audit_batch (
      number INTEGER PRIMARY KEY,
      sealed_at INTEGER NOT NULL,
      key_id TEXT NOT NULL,
      row_ids BLOB NOT NULL,
      tag BLOB NOT NULL
    ) STRICT;
    """

  // A user's devices lie beside each other, and are found and changed where they lie. What is checked at every change is
  // no list of more than two: SQLite makes a table of its own for a longer one, each time.
  private static let devicesByUser = """
    CREATE TABLE vmfa_device_by_user (
      id TEXT NOT NULL,
      user_name TEXT NOT NULL REFERENCES vmfa_user (name),
      serial TEXT NOT NULL,
      issuer TEXT NOT NULL,
      moving_factor TEXT NOT NULL CHECK (moving_factor IN ('time', 'counter')),
      algorithm TEXT NOT NULL,
      digits INTEGER NOT NULL,
      period INTEGER NOT NULL,
      t0 INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      key_id TEXT NOT NULL REFERENCES vmfa_key (id),
      sealed_seed BLOB NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('unassigned', 'active', 'disabled')),
      last_step INTEGER,
      sync_drift INTEGER NOT NULL,
      drift INTEGER NOT NULL,
      last_side INTEGER NOT NULL CHECK (last_side BETWEEN -1 AND 1),
      sync_failures INTEGER NOT NULL CHECK (sync_failures >= 0),
      enabled_at INTEGER,
      last_used_at INTEGER,
      PRIMARY KEY (user_name, id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO vmfa_device_by_user (
      id, user_name, serial, issuer, moving_factor, algorithm, digits, period, t0, created_at, key_id, sealed_seed, status,
      last_step, sync_drift, drift, last_side, sync_failures, enabled_at, last_used_at)
    SELECT
      id, user_name, serial, issuer, moving_factor, algorithm, digits, period, t0, created_at, key_id, sealed_seed, status,
      last_step, sync_drift, drift, last_side, sync_failures, enabled_at, last_used_at
    FROM vmfa_device ORDER BY user_name, id;
    DROP TABLE vmfa_device;
    ALTER TABLE vmfa_device_by_user RENAME TO vmfa_device;
    CREATE UNIQUE INDEX vmfa_device_by_id ON vmfa_device (id);
    CREATE UNIQUE INDEX vmfa_device_by_serial ON vmfa_device (serial);
    CREATE INDEX vmfa_device_by_key ON vmfa_device (key_id);
    CREATE INDEX vmfa_device_disabled ON vmfa_device (id) WHERE status = 'disabled';
    """

  // An id is found by its index and changed by the key; where the index is as unique as the key, SQLite takes the index, and
  // has two places to look at. Ids are unique by their making, and serials are claimed beside them.
  private static let devicesByKey = """
    DROP INDEX vmfa_device_by_id;
    CREATE INDEX vmfa_device_by_id ON vmfa_device (id);
    """

  // What changes whenever a code is accepted, in rows of its own: a change writes the whole row anew, and the others of its
  // page with it into the log.
  private static let deviceUse = """
    CREATE TABLE vmfa_device_use (
      number INTEGER PRIMARY KEY,
      user_name TEXT NOT NULL,
      last_step INTEGER,
      drift INTEGER NOT NULL,
      last_side INTEGER NOT NULL CHECK (last_side BETWEEN -1 AND 1),
      last_used_at INTEGER
    ) STRICT;
    ALTER TABLE vmfa_device ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
    UPDATE vmfa_device SET number = numbered.number
    FROM (SELECT user_name, id, ROW_NUMBER() OVER (ORDER BY user_name, id) AS number FROM vmfa_device) AS numbered
    WHERE vmfa_device.user_name = numbered.user_name AND vmfa_device.id = numbered.id;
    INSERT INTO vmfa_device_use (number, user_name, last_step, drift, last_side, last_used_at)
    SELECT number, user_name, last_step, drift, last_side, last_used_at FROM vmfa_device ORDER BY number;
    ALTER TABLE vmfa_device DROP COLUMN last_step;
    ALTER TABLE vmfa_device DROP COLUMN drift;
    ALTER TABLE vmfa_device DROP COLUMN last_side;
    ALTER TABLE vmfa_device DROP COLUMN last_used_at;
    """

  // Audit rows in the order of the batches that hold them: new ones come behind all others. What says that it is in a batch
  // that cannot be, or is too many for one, was put there by somebody else; it is left out of the chain.
  private static let auditByBatch = """
    CREATE TABLE vmfa_audit_event_in_batches (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      time INTEGER NOT NULL,
      event TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT,
      user_name TEXT NOT NULL,
      device TEXT,
      actor TEXT NOT NULL,
      source TEXT,
      request_id TEXT,
      key_id TEXT NOT NULL,
      tag BLOB NOT NULL
    ) STRICT;
    INSERT INTO vmfa_audit_event_in_batches (
      number, id, time, event, outcome, reason, user_name, device, actor, source, request_id, key_id, tag)
    SELECT
      CASE WHEN batch BETWEEN 1 AND 9007199254740990 AND place <= 1024 THEN batch * 1024 + place - 1 ELSE -any_place END,
      id, time, event, outcome, reason, user_name, device, actor, source, request_id, key_id, tag
    FROM (
      SELECT *, ROW_NUMBER() OVER (PARTITION BY batch ORDER BY id) AS place, ROW_NUMBER() OVER (ORDER BY id) AS any_place
      FROM vmfa_audit_event
    ) ORDER BY batch, id;
    DROP TABLE vmfa_audit_event;
    ALTER TABLE vmfa_audit_event_in_batches RENAME TO vmfa_audit_event;
    CREATE INDEX vmfa_audit_event_unsealed ON vmfa_audit_event (id) WHERE number < 0;
    """
}
