package import Accounts
internal import OATH
package import Verifier

// Users with all that is kept of them: reading them, and writing what a transaction changed.
extension SQLSession {
  package func change<R>(
    accountOf name: UserName, _ body: (inout UnitState, inout AccountRecord) throws(VerifierError) -> R
  ) throws -> R {
    let before = try read(.user(name), locking: true), recordBefore = try records(of: [name.text])[name.text]
    var after = before.state, record = recordBefore ?? AccountRecord()
    let result = try body(&after, &record)
    try apply(after.changes(since: before.state), to: before)
    // With the user all of it is gone already.
    if after.user != nil, record != recordBefore ?? AccountRecord() { try write(record, of: name.text) }
    return result
  }

  private func write(_ record: AccountRecord, of user: String) throws {
    let name = SQLValue.text(user)
    var statements = [
      SQLStatement("DELETE FROM vmfa_access_key WHERE user_name = $1", [name]),
      SQLStatement("DELETE FROM vmfa_tag WHERE user_name = $1", [name]),
      SQLStatement("DELETE FROM vmfa_session WHERE user_name = $1", [name]),
      SQLStatement("DELETE FROM vmfa_profile WHERE user_name = $1", [name]),
      Self.insert(ProfileRow.values(record, user: user), into: "vmfa_profile", ProfileRow.columns),
    ]
    statements += record.accessKeys.map {
      Self.insert($0.values(user: user), into: "vmfa_access_key", AccessKey.columns)
    }
    statements += record.sessions.map {
      Self.insert($0.values(user: user), into: "vmfa_session", PageSession.columns)
    }
    statements += TagRow.values(record, user: user).map { Self.insert($0, into: "vmfa_tag", TagRow.columns) }
    _ = try run(statements)
  }

  static func insert(_ values: [SQLValue], into table: String, _ columns: [String]) -> SQLStatement {
    SQLStatement(columns.insertion(into: table), values)
  }

  /// What goes with a user who is deleted.
  static func forgetAccount(of user: String) -> [SQLStatement] {
    ["vmfa_access_key", "vmfa_tag", "vmfa_session", "vmfa_profile"].map { table in
      SQLStatement("DELETE FROM \(table) WHERE user_name = $1", [.text(user)])
    }
  }

  package func accounts(of users: [UserName]) throws -> [Account] {
    guard !users.isEmpty else { return [] }
    let records = try records(of: users.map(\.text)), account = try policyAndAccount().account
    let (names, list) = Self.members(users.map(\.text))
    let results = try run([
      SQLStatement("SELECT \(User.columns.list) FROM vmfa_user WHERE name IN (\(list))", names),
      SQLStatement("SELECT \(Device.columns.list) FROM \(Device.tables) WHERE user_name IN (\(list))", names),
    ])
    let found = Dictionary(
      try results[0].rows.map { try User(row: $0) }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let devices = Dictionary(grouping: try Self.devices(results[1].rows), by: \.user)
    return users.compactMap { name in
      found[name].map { user in
        Account(
          account: account, user: user, devices: devices[name] ?? [], record: records[name.text] ?? AccountRecord())
      }
    }
  }

  /// Arguments and placeholders of `IN (…)`. The list is filled up to a power of two with what is in it anyway: a database
  /// keeps each statement that it prepares, and there are to be few.
  /// - Parameter first: the number of the first placeholder.
  static func members(_ texts: [String], from first: Int = 1) -> (arguments: [SQLValue], placeholders: String) {
    var count = 1
    while count < texts.count { count *= 2 }
    let filled = texts + repeatElement(texts.last ?? "", count: count - texts.count)
    return (filled.map { .text($0) }, filled.placeholders(from: first))
  }

  package func account(ofAccessKey id: String) throws -> Account? {
    let owner = try run("SELECT user_name FROM vmfa_access_key WHERE id = $1", [.text(id)]).rows.text
    return try owner.flatMap { try accounts(of: [try UserName($0)]).first }
  }

  package func accounts(after name: UserName?, pathPrefix: String, limit: Int) throws -> [Account] {
    let rows = try run(
      """
      SELECT u.name FROM vmfa_user u LEFT JOIN vmfa_profile p ON p.user_name = u.name
      WHERE u.name > $1 AND u.name <> $2 AND SUBSTR(COALESCE(p.path, '/'), 1, LENGTH($3)) = $3
      ORDER BY u.name LIMIT \(limit)
      """, [.text(name?.text ?? ""), .text(UserName.root.text), .text(pathPrefix)]
    ).rows
    var names: [UserName] = []
    for row in rows {
      var reader = RowReader(row, of: "a user")
      names.append(try reader.userName())
    }
    return try accounts(of: names)
  }

  package func user(likeIgnoringCase name: UserName) throws -> UserName? {
    let rows = try run(
      "SELECT name FROM vmfa_user WHERE LOWER(name) = LOWER($1) LIMIT 1", [.text(name.text)]
    ).rows
    guard let row = rows.first else { return nil }
    var reader = RowReader(row, of: "a user")
    return try reader.userName()
  }

  /// The records of these users, those that have one.
  private func records(of users: [String]) throws -> [String: AccountRecord] {
    guard !users.isEmpty else { return [:] }
    let (names, list) = Self.members(users)
    let results = try run([
      SQLStatement("SELECT \(ProfileRow.columns.list) FROM vmfa_profile WHERE user_name IN (\(list))", names),
      SQLStatement(
        "SELECT \(AccessKey.columns.list) FROM vmfa_access_key WHERE user_name IN (\(list)) ORDER BY created_at, id",
        names),
      SQLStatement(
        "SELECT \(TagRow.columns.list) FROM vmfa_tag WHERE user_name IN (\(list)) ORDER BY serial, place", names),
      SQLStatement(
        "SELECT \(PageSession.columns.list) FROM vmfa_session WHERE user_name IN (\(list)) ORDER BY seen_at DESC, id",
        names),
    ])
    var records: [String: AccountRecord] = [:]
    for row in results[0].rows {
      let (user, record) = try ProfileRow.read(row)
      records[user] = record
    }
    for row in results[1].rows {
      let (user, key) = try AccessKey.read(row)
      records[user, default: AccountRecord()].accessKeys.append(key)
    }
    for row in results[2].rows {
      let (user, serial, tag) = try TagRow.read(row)
      if serial.isEmpty {
        records[user, default: AccountRecord()].tags.append(tag)
      } else {
        records[user, default: AccountRecord()].deviceTags[serial, default: []].append(tag)
      }
    }
    for row in results[3].rows {
      let (user, session) = try PageSession.read(row)
      records[user, default: AccountRecord()].sessions.append(session)
    }
    return records
  }
}
