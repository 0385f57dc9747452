package import OATH
package import Verifier

// What is not a user's: rules and account id, keys.
extension SQLSession {
  /// Both in one go; the account id stands under no name. It is text, since it may begin with a zero.
  static var settings: String {
    "SELECT name, value, NULL FROM vmfa_verification_rule UNION ALL SELECT '', NULL, id FROM vmfa_account"
  }

  static func readSettings(_ rows: SQLRows) throws -> (VerificationRules, AccountID) {
    var rules = VerificationRules.standard, account: AccountID?
    for row in rows {
      var reader = RowReader(row, of: "the verification rules")
      let name = try reader.text(), value = try reader.optionalInteger(), id = try reader.optionalText()
      if let id, name.isEmpty {
        account = try AccountID(id)
      } else {
        guard let value, let setting = VerificationRules.Setting(rawValue: name), setting.range.contains(value) else {
          throw VerifierError.corruptRecord("the verification rules")
        }
        try rules.set(setting, to: value)
      }
    }
    guard let account else { throw VerifierError.corruptRecord("the account id") }
    return (rules, account)
  }

  func rulesAndAccount() throws -> (rules: VerificationRules, account: AccountID) {
    if let known = knownSettings { return known }
    let (rules, account) = try Self.readSettings(run(Self.settings).rows)
    knownSettings = (rules, account)
    return (rules, account)
  }

  package func rules() throws -> VerificationRules { try rulesAndAccount().rules }

  package func updateRules(_ changes: [VerificationRules.Setting: Int64], records: [AuditRecord]) throws
    -> VerificationRules
  {
    var rules = try rules()
    for (setting, value) in changes { try rules.set(setting, to: value) }
    let sql = """
      INSERT INTO vmfa_verification_rule (name, value) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value
      """
    // In one order, so that two that change the same settings wait for each other and do not lock each other out.
    let rows = changes.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
    knownSettings = nil
    _ = try run(rows.map { SQLStatement(sql, [.text($0.0), .integer($0.1)]) })
    try insert(records)
    return rules
  }

  package func keys() throws -> [StoredKey] {
    let results = try run([
      SQLStatement("SELECT id, purpose, created_at FROM vmfa_key ORDER BY place"),
      SQLStatement("SELECT key_id, master_id, sealed FROM vmfa_key_copy ORDER BY place"),
    ])
    var copies: [String: [StoredKey.Copy]] = [:]
    for row in results[1].rows {
      var reader = RowReader(row, of: "a data key")
      let id = try reader.text()
      let copy = StoredKey.Copy(master: try reader.text(), box: SealedBytes(try reader.bytes()))
      copies[id, default: []].append(copy)
    }
    return try results[0].rows.map { row in
      var reader = RowReader(row, of: "a data key")
      let id = try reader.text()
      return StoredKey(
        id: id, purpose: try reader.choice(StoredKey.Purpose.self), createdAt: try reader.time(),
        copies: copies[id] ?? [])
    }
  }

  package func changeKeys<R>(_ body: (inout KeyState) throws(VerifierError) -> R) throws -> R {
    try lockSettings()
    let before = try keys()
    var state = KeyState(keys: before)
    let result = try body(&state)
    if state.keys != before { try replace(before, with: state.keys) }
    try insert(state.records)
    return result
  }

  /// Changes a row, and changes it back: SQLite writes nothing where a value is set to what it is.
  package func checkWriting() throws {
    _ = try run([
      SQLStatement("UPDATE vmfa_account SET id = id || '0'"),
      SQLStatement("UPDATE vmfa_account SET id = SUBSTR(id, 1, LENGTH(id) - 1)"),
    ])
  }

  /// One at a time changes keys, or seals audit rows.
  func lockSettings() throws {
    if locksRows { _ = try run("SELECT id FROM vmfa_account FOR UPDATE") }
  }

  private func replace(_ before: [StoredKey], with after: [StoredKey]) throws {
    _ = try run("DELETE FROM vmfa_key_copy")
    let kept = Set(after.map(\.id)), known = Set(before.map(\.id))
    for key in before where !kept.contains(key.id) {
      do { _ = try run("DELETE FROM vmfa_key WHERE id = $1", [.text(key.id)]) } catch SQLFailure.foreignKey {
        throw VerifierError.keyInUse(key.id)
      }
    }
    for key in after where !known.contains(key.id) {
      _ = try run(
        """
        INSERT INTO vmfa_key (id, place, purpose, created_at)
        SELECT CAST($1 AS TEXT), COALESCE(MAX(place), 0) + 1, CAST($2 AS TEXT), CAST($3 AS BIGINT) FROM vmfa_key
        """, [.text(key.id), .text(key.purpose.rawValue), .integer(key.createdAt.seconds)])
    }
    for key in after {
      for (place, copy) in key.copies.enumerated() {
        _ = try run(
          "INSERT INTO vmfa_key_copy (key_id, place, master_id, sealed) VALUES ($1, $2, $3, $4)",
          [.text(key.id), .integer(Int64(place)), .text(copy.master), .bytes(copy.box.bytes)])
      }
    }
  }

  package func seedCounts() throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for row in try run("SELECT key_id, COUNT(*) FROM vmfa_device GROUP BY key_id").rows {
      // A device whose key has no name is told of by whoever reads it.
      guard let id = row.text(0), case .integer(let count)? = row[1] else { continue }
      counts[id] = Int(count)
    }
    return counts
  }

  /// Each is found by an index that holds nothing but what is locked.
  package func lockCounts(at now: UnixTime) throws -> (users: Int, devices: Int) {
    let results = try run([
      SQLStatement(
        """
        SELECT COUNT(*) FROM vmfa_user
        WHERE (locked_until IS NOT NULL OR locked_until_unlocked = 1) AND (locked_until > $1 OR locked_until_unlocked = 1)
        """, [.integer(now.seconds)]),
      SQLStatement("SELECT COUNT(*) FROM vmfa_device WHERE status = 'disabled'"),
    ])
    let counts = try results.map { try $0.count() }
    return (counts[0], counts[1])
  }
}
