package import Verifier

// Reads a unit, and writes what a transaction changed in it.
extension SQLSession {
  package func change(_ unit: TransactionUnit, _ body: (inout UnitState) throws(VerifierError) -> Void) throws {
    let before = try read(unit, locking: true)
    var after = before.state
    try body(&after)
    try apply(after.changes(since: before.state), to: before)
  }

  package func state(of unit: TransactionUnit) throws -> UnitState { try read(unit, locking: false).state }

  /// - Parameter locking: whether the unit is read to be changed.
  func read(_ unit: TransactionUnit, locking: Bool) throws -> StoredUnit {
    guard let name = try owner(of: unit) else {
      let (rules, account) = try rulesAndAccount()
      return StoredUnit(rules, account, user: nil, [])
    }
    if case .enrolment(let device, _) = unit, let other = try owner(of: .owner(of: device)), other != name {
      return try read(name, with: device, of: other, locking: locking)
    }
    let known = knownSettings, argument = SQLRow(name.text)
    // The user's row is the lock of the unit. The statement after it sees what the last holder of the lock has written.
    let locks = locking && locksRows
    let reading =
      locks
      ? [SQLStatement(UnitSQL.lockedUser, argument), SQLStatement(UnitSQL.devices, argument)]
      : [SQLStatement(UnitSQL.userWithDevices, argument)]
    var results = try run(known == nil ? reading + [SQLStatement(Self.settings)] : reading)
    let (rules, account) = try known ?? Self.readSettings(results.removeLast().rows)
    if known == nil { knownSettings = (rules, account) }
    guard locks else {
      let rows = results[0].rows[...]
      return StoredUnit(
        rules, account, user: try rows.first.map { try User(row: $0, named: name) },
        try Self.stored(rows, from: User.columnsOfNamed.count, of: name))
    }
    let user = try results[0].rows.first.map { try User(row: $0) }, devices = try Self.stored(results[1].rows[...])
    // The device may have moved to another user before the row was locked.
    if case .owner(let reference) = unit, !devices.contains(where: { reference.names($0.device) }) {
      throw SQLFailure.conflict
    }
    return StoredUnit(rules, account, user: user, devices)
  }

  /// Reads a user's unit, with one device of another user in it.
  private func read(
    _ name: UserName, with device: DeviceReference, of other: UserName, locking: Bool
  ) throws -> StoredUnit {
    // Locked in the order of their names, so that two such transactions cannot deadlock.
    let users = try [name, other].sorted().compactMap { name in
      try run(locking && locksRows ? UnitSQL.lockedUser : UnitSQL.user, [.text(name.text)]).rows.first.map {
        try User(row: $0)
      }
    }
    let (rules, account) = try rulesAndAccount()
    let own = try Self.stored(run(UnitSQL.devices, [.text(name.text)]).rows[...])
    let others = try Self.stored(run(UnitSQL.devices, [.text(other.text)]).rows[...]).filter {
      device.names($0.device)
    }
    if locking, locksRows, others.isEmpty { throw SQLFailure.conflict }
    return StoredUnit(rules, account, user: users.first { $0.name == name }, own + others)
  }

  /// Reads devices, oldest first. A device's number stands before its columns.
  /// - Parameters:
  ///   - first: the column of the number. It is null in the row of a user without devices.
  ///   - user: the owner, if no column names them.
  private static func stored(
    _ rows: Slice<SQLRows>, from first: Int = 0, of user: UserName? = nil
  ) throws -> [StoredDevice] {
    var devices: [StoredDevice] = []
    devices.reserveCapacity(rows.count)
    for row in rows where user == nil || !row.isNull(first) {
      var reader = RowReader(row, from: first, of: number)
      let number = try reader.integer()
      devices.append(StoredDevice(device: try Device(row: row, from: first + 1, of: user), number: number))
    }
    if devices.count > 1 { devices.sort { Device.isOlder($0.device, than: $1.device) } }
    return devices
  }

  private static var number: StaticString { "the number of a device" }

  private func owner(of unit: TransactionUnit) throws -> UserName? {
    let found: SQLResult
    switch unit {
    case .user(let name), .enrolment(_, let name): return name
    case .owner(.id(let id)):
      found = try run("SELECT user_name FROM vmfa_device WHERE id = $1", [.text(id.text)])
    case .owner(.serial(let serial)):
      found = try run("SELECT user_name FROM vmfa_serial WHERE serial = $1", [.text(serial.text)])
    }
    return try found.rows.first.map { row in
      var reader = RowReader(row, of: "the user of a device")
      return try reader.userName()
    }
  }

  /// Writes the changes of a transaction.
  /// - Parameter before: the unit as it was read.
  func apply(_ changes: UnitChanges, to before: StoredUnit) throws {
    if let user = changes.user, changes.userIsNew { try insert(user) }
    for device in changes.inserted { try insert(device) }
    // Everything else takes one round trip.
    var statements: [SQLStatement] = []
    for device in changes.updated { statements += try before.update(device) }
    statements += try changes.used.map(before.use)
    if let user = changes.user, !changes.userIsNew {
      statements.append(SQLStatement(UnitSQL.updateUser, user.changingValues + [.text(user.name.text)]))
    }
    for move in changes.moved { statements += try before.moving(move) }
    for device in changes.deleted { statements += try before.deletion(of: device) }
    try forgetAccounts(changes)
    if let name = changes.deletedUser {
      statements.append(SQLStatement("DELETE FROM vmfa_user WHERE name = $1", [.text(name.text)]))
    }
    if !queue(changes.records) { statements += changes.records.map(insertion) }
    try runChanges(statements, changes)
  }

  private func runChanges(_ statements: [SQLStatement], _ changes: UnitChanges) throws {
    guard !statements.isEmpty else { return }
    do {
      // The row has vanished during the transaction, so nothing may be answered.
      for result in try run(statements) where result.changed != 1 {
        throw VerifierError.corruptRecord("a row that was to be changed")
      }
    } catch SQLFailure.foreignKey {
      throw VerifierError.unknownKey((changes.updated + changes.moved.map(\.device)).first?.seed.keyID ?? "")
    }
  }

  /// Deletes or moves the rows that depend on a user or a device.
  private func forgetAccounts(_ changes: UnitChanges) throws {
    var statements = changes.deleted.map { device in
      SQLStatement(
        "DELETE FROM vmfa_tag WHERE user_name = $1 AND serial = $2",
        [.text(device.user.text), .text(device.serial.text)])
    }
    statements += changes.moved.map { move in
      SQLStatement(
        "UPDATE vmfa_tag SET user_name = $1 WHERE user_name = $2 AND serial = $3",
        [.text(move.device.user.text), .text(move.from.text), .text(move.device.serial.text)])
    }
    if let name = changes.deletedUser { statements += Self.forgetAccount(of: name.text) }
    if !statements.isEmpty { _ = try run(statements) }
  }

  private func insert(_ user: User) throws {
    let sql = User.columns.insertion(into: "vmfa_user") + " ON CONFLICT (name) DO NOTHING"
    // Another transaction has made the same user. This one runs again, and sees that user.
    guard try run(sql, user.values).changed == 1 else { throw SQLFailure.conflict }
  }

  private func insert(_ device: Device) throws {
    let claim = """
      INSERT INTO vmfa_serial (serial, user_name, device_id) VALUES ($1, $2, $3) ON CONFLICT (serial) DO NOTHING
      """
    let claimed = try run(claim, [.text(device.serial.text), .text(device.user.text), .text(device.id.text)])
    guard claimed.changed == 1 else { throw VerifierError.serialTaken(device.serial) }
    let columns = ["user_name"] + Device.usedColumns
    var values = SQLRows(columnCount: columns.count)
    values.append(device.user.text)
    device.appendUse(to: &values)
    let use = SQLStatement(columns.insertion(into: "vmfa_device_use") + " RETURNING number", values[0])
    let number = try run(use).integer(Self.number)
    do {
      _ = try run(
        (["number"] + Device.ownColumns).insertion(into: "vmfa_device"), [.integer(number)] + device.ownValues)
    } catch SQLFailure.foreignKey { throw VerifierError.unknownKey(device.seed.keyID) }
  }

  package func devices(_ query: DeviceQuery) throws -> Listing<Device> {
    var filter = SQLFilter()
    filter.add("user_name =", query.user?.text)
    filter.add("status =", query.status?.rawValue)
    if let isAssigned = query.isAssigned {
      filter.add(condition: "status \(isAssigned ? "<>" : "=") 'unassigned'")
    }
    filter.add("key_id <>", query.notUnderKey)
    filter.add("serial >", query.after)
    let found = try run(
      "SELECT \(Device.columns.list) FROM \(Device.tables)\(filter.clause) ORDER BY serial LIMIT \(query.limit + 1)",
      filter.arguments)
    return try Listing(found.rows, limit: query.limit, nameColumn: Device.serialColumn) { row throws(VerifierError) in
      try Device(row: row)
    }
  }

  package func users(after name: String?, limit: Int) throws -> Listing<User> {
    var filter = SQLFilter()
    filter.add("name >", name)
    let found = try run(
      "SELECT \(User.columns.list) FROM vmfa_user\(filter.clause) ORDER BY name LIMIT \(limit + 1)", filter.arguments)
    return try Listing(found.rows, limit: limit, nameColumn: 0) { row throws(VerifierError) in try User(row: row) }
  }
}

/// The SQL of an attempt.
enum UnitSQL {
  static let user = RepeatedSQL(userText)
  static let lockedUser = RepeatedSQL(userText + " FOR UPDATE")
  static let devices = RepeatedSQL("SELECT number, \(Device.columns.list) FROM \(Device.tables) WHERE user_name = $1")
  static let userWithDevices = RepeatedSQL(
    "SELECT \(userWithDevicesColumns.list) FROM vmfa_user u \(joiningDevices) WHERE u.name = $1")
  static let userWithDevicesColumns =
    (User.columnsOfNamed.map { "u." + $0 } + ["d.number"] + Device.columnsWithinUser.map { "d." + $0 }
      + Device.usedColumns.map { "n." + $0 })
  static let joiningDevices = """
    LEFT JOIN vmfa_device d ON d.user_name = u.name
    LEFT JOIN vmfa_device_use n ON n.user_name = d.user_name AND n.number = d.number
    """
  static let updateUser = RepeatedSQL(
    "UPDATE vmfa_user SET \(User.changingColumns.assignments) WHERE name = $\(User.changingColumns.count + 1)")
  static let updateDevice = RepeatedSQL(update(of: "vmfa_device", Device.changingColumns, by: "id"))
  static let useDevice = RepeatedSQL(update(of: "vmfa_device_use", Device.usedColumns, by: "number"))

  private static let userText = "SELECT \(User.columns.list) FROM vmfa_user WHERE name = $1"

  private static func update(of table: String, _ columns: [String], by key: String) -> String {
    """
    UPDATE \(table) SET \(columns.assignments) WHERE user_name = $\(columns.count + 1)
      AND \(key) = $\(columns.count + 2)
    """
  }
}

/// The conditions of a query.
struct SQLFilter {
  private var conditions: [String] = []
  private(set) var arguments: [SQLValue] = []

  /// Adds a comparison with an argument; does nothing for nil.
  mutating func add(_ comparison: String, _ text: String?) { add(comparison, text.map { SQLValue.text($0) }) }

  mutating func add(_ comparison: String, _ value: SQLValue?) {
    guard let value else { return }
    conditions.append("\(comparison) \(placeholder(for: value))")
  }

  /// Adds an argument, and returns its placeholder.
  mutating func placeholder(for value: SQLValue) -> String {
    arguments.append(value)
    return "$\(arguments.count)"
  }

  mutating func add(condition: String) { conditions.append(condition) }

  var clause: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }
}

extension [String] {
  /// `a = $1, b = $2, …`
  fileprivate var assignments: String { enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ") }
}
