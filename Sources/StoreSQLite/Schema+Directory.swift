// What the login service has beside devices.
extension Schema {
  // Paths, passwords, access keys, tags, tokens; answers that may be asked for again.
  static let accounts = """
    ALTER TABLE vmfa_user ADD COLUMN answers TEXT;
    CREATE INDEX vmfa_user_by_lower_name ON vmfa_user (LOWER(name));
    CREATE INDEX vmfa_user_locked ON vmfa_user (name) WHERE locked_until IS NOT NULL OR locked_until_unlocked = 1;
    CREATE INDEX vmfa_device_disabled ON vmfa_device (id) WHERE status = 'disabled';

    CREATE TABLE vmfa_profile (
      user_name TEXT PRIMARY KEY REFERENCES vmfa_user (name),
      user_id TEXT,
      path TEXT NOT NULL,
      is_administrator INTEGER NOT NULL CHECK (is_administrator IN (0, 1)),
      password TEXT,
      password_created_at INTEGER,
      password_changed_at INTEGER,
      must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
      password_used_at INTEGER,
      old_passwords TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE vmfa_access_key (
      id TEXT PRIMARY KEY,
      user_name TEXT NOT NULL REFERENCES vmfa_user (name),
      key_id TEXT NOT NULL REFERENCES vmfa_key (id),
      sealed BLOB NOT NULL,
      is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
      created_at INTEGER NOT NULL,
      used_at INTEGER,
      used_service TEXT,
      used_region TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX vmfa_access_key_by_user ON vmfa_access_key (user_name);

    CREATE TABLE vmfa_tag (
      user_name TEXT NOT NULL REFERENCES vmfa_user (name),
      serial TEXT NOT NULL,
      place INTEGER NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (user_name, serial, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE vmfa_token (
      name TEXT PRIMARY KEY,
      scopes TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      digest BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE vmfa_account_setting (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE vmfa_credential_report (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      generated_at INTEGER NOT NULL,
      content TEXT NOT NULL
    ) STRICT;
    """

  // Sessions on the pages, and who has to have MFA.
  static let pages = """
    ALTER TABLE vmfa_profile ADD COLUMN requires_mfa INTEGER NOT NULL DEFAULT 0 CHECK (requires_mfa IN (0, 1));

    CREATE TABLE vmfa_session (
      user_name TEXT NOT NULL REFERENCES vmfa_user (name),
      id TEXT NOT NULL,
      digest BLOB NOT NULL,
      stage TEXT NOT NULL,
      has_mfa INTEGER NOT NULL CHECK (has_mfa IN (0, 1)),
      created_at INTEGER NOT NULL,
      seen_at INTEGER NOT NULL,
      source TEXT,
      agent TEXT NOT NULL,
      PRIMARY KEY (user_name, id)
    ) STRICT, WITHOUT ROWID;
    """
}
