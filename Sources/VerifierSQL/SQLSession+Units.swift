package import Verifier

// A unit: reading it, and writing what a transaction changed of it.
extension SQLSession {
  package func change(_ unit: TransactionUnit, _ body: (inout UnitState) throws(VerifierError) -> Void) throws {
    let before = try state(of: unit, locking: true)
    var after = before
    try body(&after)
    try apply(after.changes(since: before))
  }

  /// - Parameter locking: whether it is about to be changed.
  package func state(of unit: TransactionUnit, locking: Bool) throws -> UnitState {
    guard let name = try owner(of: unit) else {
      let (policy, account) = try policyAndAccount()
      return UnitState(policy: policy, account: account)
    }
    if case .enrolment(let device, _) = unit, let other = try owner(of: .owner(of: device)), other != name {
      return try state(of: name, with: device, of: other, locking: locking)
    }
    let known = knownSettings, argument = [SQLValue.text(name)]
    // A row that is locked is the unit's lock: what comes after it in the same breath is seen as whoever held it left it.
    let locks = locking && locksRows
    let reading =
      locks
      ? [SQLStatement(UnitSQL.lockedUser, argument), SQLStatement(UnitSQL.devices, argument)]
      : [SQLStatement(UnitSQL.userWithDevices, argument)]
    var results = try run(known == nil ? reading + [SQLStatement(Self.settings)] : reading)
    let (policy, account) = try known ?? Self.readSettings(results.removeLast().rows)
    knownSettings = (policy, account)
    let devices = try Self.devices(results[results.count - 1].rows, from: locks ? 0 : User.columns.count)
    // Between finding the owner and locking their row, the device may have become somebody else's.
    if locking, locksRows, case .owner(let reference) = unit, !devices.contains(where: reference.names) {
      throw SQLFailure.conflict
    }
    return UnitState(
      policy: policy, account: account, user: try results[0].rows.first.map { try User(row: $0) }, devices: devices)
  }

  /// A user's unit, and one device of another user's.
  private func state(
    of name: String, with device: DeviceReference, of other: String, locking: Bool
  ) throws -> UnitState {
    // Always in one order, so that two of these wait for each other and do not lock each other out.
    let users = try [name, other].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
      try run(locking && locksRows ? UnitSQL.lockedUser : UnitSQL.user, [.text(name)]).rows.first.map(User.init(row:))
    }
    let (policy, account) = try policyAndAccount()
    let own = try Self.devices(run(UnitSQL.devices, [.text(name)]).rows)
    let others = try Self.devices(run(UnitSQL.devices, [.text(other)]).rows).filter(device.names)
    if locking, locksRows, others.isEmpty { throw SQLFailure.conflict }
    return UnitState(
      policy: policy, account: account, user: users.first { $0.name.text == name }, devices: own + others)
  }

  /// In the order in which they were made.
  /// - Parameter first: the column that theirs begin with; behind others they are empty where there is no device.
  static func devices(_ rows: SQLRows, from first: Int = 0) throws -> [Device] {
    try rows.compactMap { row in first > 0 && row.isNull(first) ? nil : try Device(row: row, from: first) }
      .sorted(by: Device.isOlder(_:than:))
  }

  private func owner(of unit: TransactionUnit) throws -> String? {
    let found: SQLResult
    switch unit {
    case .user(let name), .enrolment(_, let name): return name.text
    case .owner(.id(let id)):
      found = try run("SELECT user_name FROM vmfa_device WHERE id = $1", [.text(id.text)])
    case .owner(.serial(let serial)):
      found = try run("SELECT user_name FROM vmfa_serial WHERE serial = $1", [.text(serial.text)])
    }
    return found.rows.text
  }

  package func apply(_ changes: UnitChanges) throws {
    if let user = changes.user, changes.userIsNew { try insert(user) }
    for device in changes.inserted { try insert(device) }
    // All that is left goes in one round trip.
    var statements = changes.updated.map(Self.update) + changes.used.map(Self.use)
    if let user = changes.user, !changes.userIsNew {
      statements.append(SQLStatement(UnitSQL.updateUser, user.changingValues + [.text(user.name.text)]))
    }
    for move in changes.moved { statements += Self.moving(move) }
    for device in changes.deleted {
      statements.append(
        SQLStatement(
          "DELETE FROM vmfa_device WHERE user_name = $1 AND id = $2", [.text(device.user.text), .text(device.id.text)])
      )
      statements.append(SQLStatement("DELETE FROM vmfa_serial WHERE serial = $1", [.text(device.serial.text)]))
    }
    try forgetAccounts(changes)
    if let name = changes.deletedUser {
      statements.append(SQLStatement("DELETE FROM vmfa_user WHERE name = $1", [.text(name.text)]))
    }
    if !takeAlong(changes.records) { statements += changes.records.map { Self.insertion(of: $0) } }
    guard !statements.isEmpty else { return }
    do {
      // A row that vanished under an open transaction: nothing may be answered on top of that.
      for result in try run(statements) where result.changed != 1 {
        throw VerifierError.corruptRecord("a row that was to be changed")
      }
    } catch SQLFailure.foreignKey {
      throw VerifierError.unknownKey((changes.updated + changes.moved.map(\.device)).first?.seed.keyID ?? "")
    }
  }

  /// What hangs on what is deleted or moved, if there is any.
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

  private static func moving(_ move: DeviceMove) -> [SQLStatement] {
    let to = SQLValue.text(move.device.user.text), from = SQLValue.text(move.from.text)
    return [
      SQLStatement(
        "UPDATE vmfa_device SET user_name = $1 WHERE user_name = $2 AND id = $3",
        [to, from, .text(move.device.id.text)]),
      SQLStatement(
        "UPDATE vmfa_serial SET user_name = $1 WHERE serial = $2", [to, .text(move.device.serial.text)]),
      update(move.device),
    ]
  }

  private func insert(_ user: User) throws {
    let sql = """
      INSERT INTO vmfa_user (\(User.columns.list)) VALUES (\(User.columns.placeholders()))
      ON CONFLICT (name) DO NOTHING
      """
    // Somebody made the same user meanwhile: this transaction has to see theirs.
    guard try run(sql, user.values).changed == 1 else { throw SQLFailure.conflict }
  }

  private func insert(_ device: Device) throws {
    let claim = """
      INSERT INTO vmfa_serial (serial, user_name, device_id) VALUES ($1, $2, $3) ON CONFLICT (serial) DO NOTHING
      """
    let claimed = try run(claim, [.text(device.serial.text), .text(device.user.text), .text(device.id.text)])
    guard claimed.changed == 1 else { throw VerifierError.serialTaken(device.serial) }
    do {
      _ = try run(
        "INSERT INTO vmfa_device (\(Device.columns.list)) VALUES (\(Device.columns.placeholders()))", device.values)
    } catch SQLFailure.foreignKey { throw VerifierError.unknownKey(device.seed.keyID) }
  }

  private static func update(_ device: Device) -> SQLStatement {
    SQLStatement(UnitSQL.updateDevice, device.changingValues + [.text(device.user.text), .text(device.id.text)])
  }

  private static func use(_ device: Device) -> SQLStatement {
    SQLStatement(UnitSQL.useDevice, device.usedValues + [.text(device.user.text), .text(device.id.text)])
  }

  package func devices(_ query: DeviceQuery) throws -> [Device] {
    var filter = SQLFilter()
    filter.add("user_name =", query.user?.text)
    filter.add("status =", query.status?.rawValue)
    if let isAssigned = query.isAssigned {
      filter.add(condition: "status \(isAssigned ? "<>" : "=") 'unassigned'")
    }
    filter.add("key_id <>", query.notUnderKey)
    filter.add("serial >", query.after?.text)
    return try run(
      "SELECT \(Device.columns.list) FROM vmfa_device\(filter.clause) ORDER BY serial LIMIT \(query.limit)",
      filter.arguments
    ).rows.map { try Device(row: $0) }
  }

  package func users(after name: UserName?, limit: Int) throws -> [User] {
    try run(
      "SELECT \(User.columns.list) FROM vmfa_user WHERE name > $1 ORDER BY name LIMIT \(limit)",
      [.text(name?.text ?? "")]
    ).rows.map(User.init(row:))
  }
}

/// What every attempt runs.
private enum UnitSQL {
  static let user = RepeatedSQL(userText)
  static let lockedUser = RepeatedSQL(userText + " FOR UPDATE")
  static let devices = RepeatedSQL("SELECT \(Device.columns.list) FROM vmfa_device WHERE user_name = $1")
  static let userWithDevices = RepeatedSQL(
    """
    SELECT \(User.columns.map { "u." + $0 }.list), \(Device.columns.map { "d." + $0 }.list)
    FROM vmfa_user u LEFT JOIN vmfa_device d ON d.user_name = u.name WHERE u.name = $1
    """)
  static let updateUser = RepeatedSQL(
    "UPDATE vmfa_user SET \(User.changingColumns.assignments) WHERE name = $\(User.changingColumns.count + 1)")
  static let updateDevice = RepeatedSQL(deviceUpdate(of: Device.changingColumns))
  static let useDevice = RepeatedSQL(deviceUpdate(of: Device.usedColumns))

  private static let userText = "SELECT \(User.columns.list) FROM vmfa_user WHERE name = $1"

  private static func deviceUpdate(of columns: [String]) -> String {
    """
    UPDATE vmfa_device SET \(columns.assignments) WHERE user_name = $\(columns.count + 1) AND id = $\(columns.count + 2)
    """
  }
}

/// Conditions of a query that is put together.
struct SQLFilter {
  private var conditions: [String] = []
  private(set) var arguments: [SQLValue] = []

  /// `comparison` with an argument; nothing where there is none.
  mutating func add(_ comparison: String, _ text: String?) { add(comparison, text.map { SQLValue.text($0) }) }

  mutating func add(_ comparison: String, _ value: SQLValue?) {
    guard let value else { return }
    arguments.append(value)
    conditions.append("\(comparison) $\(arguments.count)")
  }

  mutating func add(condition: String) { conditions.append(condition) }

  var clause: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }
}

extension [String] {
  /// `a = $1, b = $2, …`
  fileprivate var assignments: String { enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ") }
}
