package import Directory
internal import OATH
package import Verifier

// Reads users with their records, and writes what a transaction changed in them.
extension SQLSession {
  package func change<R>(
    accountOf name: UserName, _ body: (inout UnitState, inout UserRecord) throws(VerifierError) -> R
  ) throws -> R {
    let before = try read(.user(name), locking: true), recordBefore = try records(of: [name.text]).value(of: name.text)
    var after = before.state, record = recordBefore
    let result = try body(&after, &record)
    if before.state.user == nil, after.user != nil { try refuseLikeness(to: name) }
    try apply(after.changes(since: before.state), to: before)
    // The record of a deleted user is deleted with the user.
    if after.user != nil, record != recordBefore { try write(record, of: name.text) }
    return result
  }

  /// Refuses a name that differs from another in case alone. The lock makes users one at a time, so that of two spellings
  /// the second sees the first.
  private func refuseLikeness(to name: UserName) throws {
    try lockSettings()
    let rows = try run("SELECT name FROM vmfa_user WHERE LOWER(name) = LOWER($1) LIMIT 1", [.text(name.text)]).rows
    guard let row = rows.first else { return }
    var reader = RowReader(row, of: "a user")
    throw VerifierError.userExists(try reader.userName())
  }

  private func write(_ record: UserRecord, of user: String) throws {
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

  /// Deletes the rows that depend on a user.
  static func forgetAccount(of user: String) -> [SQLStatement] {
    ["vmfa_access_key", "vmfa_tag", "vmfa_session", "vmfa_profile"].map { table in
      SQLStatement("DELETE FROM \(table) WHERE user_name = $1", [.text(user)])
    }
  }

  package func iamUser(named user: UserName) throws -> IAMUser? { try results(of: [user])[user]?.get() }

  package func iamUsers(named users: [UserName]) throws -> Listing<IAMUser> {
    let results = try results(of: users)
    var accounts: [IAMUser] = [], unreadable: [Unreadable] = []
    for name in users {
      switch results[name] {
      case .success(let account): accounts.append(account)
      case .failure(let error): unreadable.append(Unreadable(name: name.text, error: error))
      case nil: continue
      }
    }
    return Listing(items: accounts, unreadable: unreadable)
  }

  /// Reads those of the users that exist. A row that cannot be read fails its own user only.
  private func results(of users: [UserName]) throws -> [UserName: Result<IAMUser, VerifierError>] {
    guard !users.isEmpty else { return [:] }
    let records = try records(of: users.map(\.text)), account = try rulesAndAccount().account
    let (names, list) = Self.members(users.map(\.text))
    let results = try run([
      SQLStatement("SELECT \(User.columns.list) FROM vmfa_user WHERE name IN (\(list))", names),
      SQLStatement("SELECT \(Device.columns.list) FROM \(Device.tables) WHERE user_name IN (\(list))", names),
    ])
    var found = RowsByUser<User?>(nil), devices = RowsByUser<[Device]>([])
    for row in results[0].rows {
      found.add(row) { user throws(VerifierError) in user = try User(row: row) }
    }
    for row in results[1].rows {
      devices.add(row) { devices throws(VerifierError) in devices.append(try Device(row: row)) }
    }
    var accounts: [UserName: Result<IAMUser, VerifierError>] = [:]
    for name in users {
      do throws(VerifierError) {
        guard let user = try found.value(of: name.text) else { continue }
        let devices = try devices.value(of: name.text).sorted(by: Device.isOlder(_:than:))
        let record = try records.value(of: name.text)
        accounts[name] = .success(IAMUser(accountID: account, user: user, devices: devices, record: record))
      } catch { accounts[name] = .failure(error) }
    }
    return accounts
  }

  /// Arguments and placeholders of `IN (…)`. The last text is repeated up to a power of two, so that there are few different
  /// statements: a database keeps every one that it prepares.
  /// - Parameter first: the number of the first placeholder.
  static func members(_ texts: [String], from first: Int = 1) -> (arguments: [SQLValue], placeholders: String) {
    var count = 1
    while count < texts.count { count *= 2 }
    let filled = texts + repeatElement(texts.last ?? "", count: count - texts.count)
    return (filled.map { .text($0) }, filled.placeholders(from: first))
  }

  package func iamUser(withAccessKey id: String) throws -> IAMUser? {
    let owner = try run("SELECT user_name FROM vmfa_access_key WHERE id = $1", [.text(id)]).rows.text
    return try owner.flatMap { try iamUser(named: try UserName($0)) }
  }

  package func iamUsers(after name: String?, pathPrefix: String, limit: Int) throws -> Listing<IAMUser> {
    var filter = SQLFilter()
    filter.add("u.name <>", UserName.root.text)
    filter.add("u.name >", name)
    // Without a prefix, users with a damaged path are listed too.
    if pathPrefix != "/" {
      filter.add("SUBSTR(COALESCE(p.path, '/'), 1, \(pathPrefix.unicodeScalars.count)) =", pathPrefix)
    }
    let rows = try run(
      """
      SELECT u.name FROM vmfa_user u LEFT JOIN vmfa_profile p ON p.user_name = u.name\(filter.clause)
      ORDER BY u.name LIMIT \(limit + 1)
      """, filter.arguments
    ).rows
    let names = try Listing(rows, limit: limit, nameColumn: 0) { row throws(VerifierError) in
      var reader = RowReader(row, of: "a user")
      return try reader.userName()
    }
    let found = try iamUsers(named: names.items)
    return Listing(items: found.items, unreadable: names.unreadable + found.unreadable, next: names.next)
  }

  /// Reads the records of those users who have one.
  private func records(of users: [String]) throws -> RowsByUser<UserRecord> {
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
    var records = RowsByUser(UserRecord())
    for row in results[0].rows {
      records.add(row) { record throws(VerifierError) in record = try ProfileRow.read(row) }
    }
    for row in results[1].rows {
      records.add(row) { record throws(VerifierError) in record.accessKeys.append(try AccessKey(row: row)) }
    }
    for row in results[2].rows {
      records.add(row) { record throws(VerifierError) in
        let (serial, tag) = try TagRow.read(row)
        if serial.isEmpty {
          record.tags.append(tag)
        } else {
          record.deviceTags[serial, default: []].append(tag)
        }
      }
    }
    for row in results[3].rows {
      records.add(row) { record throws(VerifierError) in record.sessions.append(try PageSession(row: row)) }
    }
    return records
  }
}
