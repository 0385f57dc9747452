internal import Foundation
internal import Verifier
internal import StoreSQL

/// The tables, as named migrations. A migration that was released is never changed; the next one is added below it.
enum Schema {
  /// Refuses a database that is newer, or has no tables unless they are to be made; brings an older one up to date.
  /// - Returns: the database's name and place.
  static func prepare(_ connection: Connection, makingTables: Bool, settings: ConnectionSettings) throws -> String {
    do { return try check(connection, makingTables: makingTables, settings: settings) } catch PostgreSQLError
      .preparedStatementsUnusable
    {
      return try check(connection, makingTables: makingTables, settings: settings)
    }
  }

  private static func check(_ connection: Connection, makingTables: Bool, settings: ConnectionSettings) throws -> String
  {
    let place = connection.place
    do {
      let known = try applied(connection)
      guard known != nil || makingTables else { throw StoreFailure.missing(place: place) }
      try refuseNewer(known ?? [], place: place)
      if known?.count != migrations.count { try migrate(connection, place: place, settings: settings) }
      return place
    } catch PostgreSQLError.preparedStatementsUnusable {
      throw PostgreSQLError.preparedStatementsUnusable
    } catch { throw TransactionEnd.failed(VerifierError(error, place: place)) }
  }

  /// The names of the migrations that were applied; nil where there are no tables at all.
  private static func applied(_ connection: Connection) throws -> Set<String>? {
    do {
      let rows = try connection.run("SELECT name FROM vmfa_migration").rows
      return Set(rows.compactMap { $0.text(0) })
    } catch let error as PostgreSQLError where error.isUndefinedTable { return nil }
  }

  private static func refuseNewer(_ names: Set<String>, place: String) throws {
    if !names.isSubset(of: migrations.map(\.name)) { throw StoreFailure.newerSchema(place: place) }
  }

  /// All in one transaction: one that is cut off leaves nothing. The advisory lock lets one program do it at a time.
  private static func migrate(_ connection: Connection, place: String, settings: ConnectionSettings) throws {
    try Transactions(lockTimeout: longestWait).run(.writing, on: connection, isRepeated: true) { session in
      try waitForOthers(session, settings)
      _ = try session.run(
        """
        CREATE TABLE IF NOT EXISTS vmfa_migration (
          name TEXT PRIMARY KEY,
          applied_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
        """)
      let present = try applied(session) ?? []
      try refuseNewer(present, place: place)
      for migration in migrations where !present.contains(migration.name) {
        // However long the tables are: what is given up half-way would be begun anew by every program that starts.
        session.deadline = .now + .seconds(3600)
        _ = try session.pipeline(migration.statements.map { SQLStatement($0) })
        session.deadline = .now + settings.answerTimeout
        _ = try session.run("INSERT INTO vmfa_migration (name) VALUES ($1)", [.text(migration.name)])
      }
      if try session.run("SELECT id FROM vmfa_account").rows.isEmpty {
        _ = try session.run("INSERT INTO vmfa_account (only_row, id) VALUES (1, $1)", [.text(AccountID.random().text)])
      }
    }
  }

  /// Takes the advisory lock. It is asked for again and again, so that a server that hangs is told from one at work.
  private static func waitForOthers(_ session: Connection, _ settings: ConnectionSettings) throws {
    let end = ContinuousClock.now + longestWait
    let lock = "SELECT CAST(pg_try_advisory_xact_lock(\(advisoryLock)) AS TEXT)"
    while try session.run(lock).rows.text != "true" {
      guard ContinuousClock.now < end else {
        throw StoreFailure.unreachable("another program is still bringing the tables up to date")
      }
      Thread.sleep(forTimeInterval: 0.1)
      session.deadline = .now + settings.answerTimeout
    }
  }

  /// How long others who change the tables, or use them, are waited for.
  private static let longestWait: Duration = .seconds(30)

  /// "vmfa" in ASCII.
  private static let advisoryLock = 0x766D_6661

  private static let migrations = [
    (name: "devices", statements: devices), (name: "accounts", statements: accounts),
    (name: "pages", statements: pages), (name: "device use", statements: deviceUse),
    (name: "verification rules", statements: ["ALTER TABLE vmfa_policy RENAME TO vmfa_verification_rule"]),
  ]

  // Times are Unix seconds, steps and drifts are counted in the device's periods. Text is ordered by its bytes. Whatever
  // belongs to a user has the user's name in its key, so that tables can be sharded by it.
  // Room is left where rows change, so that a change touches no index.
  private static let devices = [
    """
    CREATE TABLE vmfa_account (
      only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
      id TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE vmfa_policy (
      name TEXT PRIMARY KEY,
      value BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE vmfa_key (
      id TEXT PRIMARY KEY,
      place BIGINT NOT NULL UNIQUE,
      purpose TEXT NOT NULL CHECK (purpose IN ('seed', 'integrity')),
      created_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE vmfa_key_copy (
      key_id TEXT NOT NULL REFERENCES vmfa_key (id),
      place BIGINT NOT NULL,
      master_id TEXT NOT NULL,
      sealed BYTEA NOT NULL,
      PRIMARY KEY (key_id, place)
    )
    """,
    """
    CREATE TABLE vmfa_user (
      name TEXT COLLATE "C" PRIMARY KEY,
      created_at BIGINT NOT NULL,
      failures BIGINT NOT NULL CHECK (failures >= 0),
      locked_until BIGINT,
      locked_until_unlocked BIGINT NOT NULL CHECK (locked_until_unlocked IN (0, 1)),
      last_failure_at BIGINT,
      recovery_key TEXT REFERENCES vmfa_key (id),
      recovery_codes BYTEA
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE vmfa_serial (
      serial TEXT COLLATE "C" PRIMARY KEY,
      user_name TEXT COLLATE "C" NOT NULL,
      device_id TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE vmfa_device (
      id TEXT NOT NULL,
      user_name TEXT COLLATE "C" NOT NULL REFERENCES vmfa_user (name),
      serial TEXT COLLATE "C" NOT NULL,
      issuer TEXT NOT NULL,
      moving_factor TEXT NOT NULL CHECK (moving_factor IN ('time', 'counter')),
      algorithm TEXT NOT NULL,
      digits BIGINT NOT NULL,
      period BIGINT NOT NULL,
      t0 BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      key_id TEXT NOT NULL REFERENCES vmfa_key (id),
      sealed_seed BYTEA NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('unassigned', 'active', 'disabled')),
      last_step BIGINT,
      sync_drift BIGINT NOT NULL,
      drift BIGINT NOT NULL,
      last_side BIGINT NOT NULL CHECK (last_side IN (-1, 0, 1)),
      sync_failures BIGINT NOT NULL CHECK (sync_failures >= 0),
      enabled_at BIGINT,
      last_used_at BIGINT,
      PRIMARY KEY (user_name, id)
    ) WITH (fillfactor = 70)
    """,
    "CREATE INDEX vmfa_device_by_id ON vmfa_device (id)",
    "CREATE INDEX vmfa_device_by_serial ON vmfa_device (serial)",
    "CREATE INDEX vmfa_device_by_key ON vmfa_device (key_id)",
    """
    CREATE TABLE vmfa_audit_event (
      id TEXT COLLATE "C" NOT NULL,
      time BIGINT NOT NULL,
      event TEXT NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT,
      user_name TEXT COLLATE "C" NOT NULL,
      device TEXT,
      actor TEXT NOT NULL,
      source TEXT,
      request_id TEXT,
      key_id TEXT NOT NULL,
      tag BYTEA NOT NULL,
      batch BIGINT,
      PRIMARY KEY (user_name, id)
    )
    """,
    "CREATE INDEX vmfa_audit_event_by_id ON vmfa_audit_event (id)",
    "CREATE INDEX vmfa_audit_event_unsealed ON vmfa_audit_event (id) WHERE batch IS NULL",
    "CREATE INDEX vmfa_audit_event_by_batch ON vmfa_audit_event (batch, id) WHERE batch IS NOT NULL",
    """
    CREATE TABLE vmfa_audit_batch (
      number BIGINT PRIMARY KEY,
      sealed_at BIGINT NOT NULL,
      key_id TEXT NOT NULL,
      row_ids BYTEA NOT NULL,
      tag BYTEA NOT NULL
    )
    """,
  ]

  private static let accounts = [
    "ALTER TABLE vmfa_user ADD COLUMN answers TEXT",
    "CREATE INDEX vmfa_user_by_lower_name ON vmfa_user (LOWER(name))",
    "CREATE INDEX vmfa_user_locked ON vmfa_user (name) WHERE locked_until IS NOT NULL OR locked_until_unlocked = 1",
    "CREATE INDEX vmfa_device_disabled ON vmfa_device (id) WHERE status = 'disabled'",
    """
    CREATE TABLE vmfa_profile (
      user_name TEXT COLLATE "C" PRIMARY KEY REFERENCES vmfa_user (name),
      user_id TEXT,
      path TEXT NOT NULL,
      is_administrator BIGINT NOT NULL CHECK (is_administrator IN (0, 1)),
      password TEXT,
      password_created_at BIGINT,
      password_changed_at BIGINT,
      must_change_password BIGINT NOT NULL CHECK (must_change_password IN (0, 1)),
      password_used_at BIGINT,
      old_passwords TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE vmfa_access_key (
      id TEXT PRIMARY KEY,
      user_name TEXT COLLATE "C" NOT NULL REFERENCES vmfa_user (name),
      key_id TEXT NOT NULL REFERENCES vmfa_key (id),
      sealed BYTEA NOT NULL,
      is_active BIGINT NOT NULL CHECK (is_active IN (0, 1)),
      created_at BIGINT NOT NULL,
      used_at BIGINT,
      used_service TEXT,
      used_region TEXT
    )
    """,
    "CREATE INDEX vmfa_access_key_by_user ON vmfa_access_key (user_name)",
    """
    CREATE TABLE vmfa_tag (
      user_name TEXT COLLATE "C" NOT NULL REFERENCES vmfa_user (name),
      serial TEXT COLLATE "C" NOT NULL,
      place BIGINT NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (user_name, serial, name)
    )
    """,
    """
    CREATE TABLE vmfa_token (
      name TEXT PRIMARY KEY,
      scopes TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      digest BYTEA NOT NULL
    )
    """,
    """
    CREATE TABLE vmfa_account_setting (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE vmfa_credential_report (
      only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
      generated_at BIGINT NOT NULL,
      content TEXT NOT NULL
    )
    """,
  ]

  // What changes whenever a code is accepted, in rows of its own: a change writes the whole row anew.
  private static let deviceUse = [
    """
    CREATE TABLE vmfa_device_use (
      number BIGINT GENERATED BY DEFAULT AS IDENTITY,
      user_name TEXT COLLATE "C" NOT NULL,
      last_step BIGINT,
      drift BIGINT NOT NULL,
      last_side BIGINT NOT NULL CHECK (last_side IN (-1, 0, 1)),
      last_used_at BIGINT,
      PRIMARY KEY (user_name, number)
    ) WITH (fillfactor = 70)
    """,
    "ALTER TABLE vmfa_device ADD COLUMN number BIGINT GENERATED BY DEFAULT AS IDENTITY",
    """
    INSERT INTO vmfa_device_use (number, user_name, last_step, drift, last_side, last_used_at)
    SELECT number, user_name, last_step, drift, last_side, last_used_at FROM vmfa_device
    """,
    """
    SELECT setval(pg_get_serial_sequence('vmfa_device_use', 'number'), COALESCE(MAX(number), 0) + 1, false)
    FROM vmfa_device_use
    """,
    """
    ALTER TABLE vmfa_device ALTER COLUMN number DROP IDENTITY,
      DROP COLUMN last_step, DROP COLUMN drift, DROP COLUMN last_side, DROP COLUMN last_used_at
    """,
  ]

  private static let pages = [
    "ALTER TABLE vmfa_profile ADD COLUMN requires_mfa BIGINT NOT NULL DEFAULT 0 CHECK (requires_mfa IN (0, 1))",
    """
    CREATE TABLE vmfa_session (
      user_name TEXT COLLATE "C" NOT NULL REFERENCES vmfa_user (name),
      id TEXT COLLATE "C" NOT NULL,
      digest BYTEA NOT NULL,
      stage TEXT NOT NULL,
      has_mfa BIGINT NOT NULL CHECK (has_mfa IN (0, 1)),
      created_at BIGINT NOT NULL,
      seen_at BIGINT NOT NULL,
      source TEXT,
      agent TEXT NOT NULL,
      PRIMARY KEY (user_name, id)
    )
    """,
  ]
}
