package import Directory
package import OATH
package import Verifier

// What is the account's and no user's: alias, password policy, tokens, the credential report.
extension SQLSession {
  package func tokens() throws -> Listing<APIToken> { try Self.tokens(run(AccountSQL.tokens, []).rows) }

  private static func tokens(_ rows: SQLRows) throws -> Listing<APIToken> {
    try Listing(rows, nameColumn: 0) { row throws(VerifierError) in try APIToken(row: row) }
  }

  package func settings() throws -> AccountSettings {
    let results = try run([
      SQLStatement("SELECT id FROM vmfa_account"),
      SQLStatement("SELECT name, value FROM vmfa_account_setting"),
      SQLStatement(AccountSQL.tokens),
    ])
    guard let id = results[0].rows.text else {
      throw VerifierError.corruptRecord("the account id")
    }
    let tokens = try Self.tokens(results[2].rows)
    var settings = AccountSettings(
      id: try AccountID(id), tokens: tokens.items, unreadableTokens: tokens.unreadable)
    var policy: [String: String] = [:]
    for row in results[1].rows {
      var reader = RowReader(row, of: "an account setting")
      let name = try reader.text(), value = try reader.text()
      if name == "alias" { settings.alias = value }
      if name.hasPrefix(Self.policyPrefix) { policy[String(name.dropFirst(Self.policyPrefix.count))] = value }
    }
    if !policy.isEmpty { settings.passwordPolicy = try PasswordPolicy(fields: policy) }
    return settings
  }

  private static var policyPrefix: String { "password_policy." }

  package func changeSettings<R>(
    _ body: (inout AccountSettings, inout [AuditRecord]) throws(VerifierError) -> R
  ) throws -> R {
    try lockSettings()
    let before = try settings()
    var after = before, records: [AuditRecord] = []
    let result = try body(&after, &records)
    if after != before { try write(after, before: before) }
    try insert(records)
    return result
  }

  private func write(_ settings: AccountSettings, before: AccountSettings) throws {
    var statements: [SQLStatement] = []
    if settings.id != before.id {
      knownSettings = nil
      statements.append(SQLStatement("UPDATE vmfa_account SET id = $1", [.text(settings.id.text)]))
    }
    var fields: [String: String] = [:]
    fields["alias"] = settings.alias
    for (name, value) in settings.passwordPolicy?.fields ?? [:] { fields[Self.policyPrefix + name] = value }
    statements.append(SQLStatement("DELETE FROM vmfa_account_setting"))
    statements += fields.sorted { $0.key < $1.key }.map { name, value in
      Self.insert([.text(name), .text(value)], into: "vmfa_account_setting", ["name", "value"])
    }
    // Those that cannot be read stay as they are until they are revoked.
    statements += before.tokenNames.subtracting(settings.tokenNames).map { name in
      SQLStatement("DELETE FROM vmfa_token WHERE name = $1", [.text(name)])
    }
    statements += settings.tokens.filter { !before.tokens.contains($0) }.map { token in
      Self.insert(token.values, into: "vmfa_token", APIToken.columns)
    }
    _ = try run(statements)
  }

  package func counts(at now: UnixTime) throws -> DirectoryCounts {
    var counts = DirectoryCounts()
    let results = try run([
      SQLStatement("SELECT COUNT(*) FROM vmfa_user WHERE name <> $1", [.text(UserName.root.text)]),
      SQLStatement("SELECT COUNT(*) FROM vmfa_device"),
      SQLStatement("SELECT COUNT(*) FROM vmfa_device WHERE status <> 'unassigned'"),
      SQLStatement(
        "SELECT COUNT(DISTINCT user_name) FROM vmfa_device WHERE status <> 'unassigned' AND user_name <> $1",
        [.text(UserName.root.text)]),
      SQLStatement(
        "SELECT COUNT(*) FROM vmfa_access_key WHERE is_active = 1 AND user_name <> $1", [.text(UserName.root.text)]),
      SQLStatement(
        "SELECT COUNT(*) FROM vmfa_access_key WHERE is_active = 1 AND user_name <> $1 AND created_at < $2",
        [.text(UserName.root.text), .integer(now.seconds - AccessKey.goodAge)]),
    ])
    let numbers = try results.map { try $0.count() }
    (counts.users, counts.devices, counts.devicesInUse) = (numbers[0], numbers[1], numbers[2])
    (counts.usersWithMFA, counts.accessKeys, counts.oldAccessKeys) = (numbers[3], numbers[4], numbers[5])
    return counts
  }

  package func credentialReport() throws -> CredentialReport? {
    guard let row = try run("SELECT generated_at, content FROM vmfa_credential_report").rows.first else { return nil }
    var reader = RowReader(row, of: "the credential report")
    let time = try reader.time()
    return CredentialReport(content: try reader.text(), generatedAt: time)
  }

  package func keep(_ report: CredentialReport, records: [AuditRecord]) throws {
    try lockSettings()
    _ = try run([
      SQLStatement("DELETE FROM vmfa_credential_report"),
      Self.insert(
        [.integer(1), .integer(report.generatedAt.seconds), .text(report.content)], into: "vmfa_credential_report",
        ["only_row", "generated_at", "content"]),
    ])
    try insert(records)
  }
}

private enum AccountSQL {
  static let tokens = "SELECT \(APIToken.columns.list) FROM vmfa_token ORDER BY name"
}
