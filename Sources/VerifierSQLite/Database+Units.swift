internal import Foundation
internal import GRDB
internal import Verifier

// The SQL: reading a unit, and writing what a transaction changed of it.
extension Database {
  func state(of unit: TransactionUnit) throws -> UnitState {
    let policy = try policy()
    let account = try AccountID(String.fetchOne(cachedStatement(sql: "SELECT id FROM account")) ?? "")
    guard let name = try owner(of: unit) else { return UnitState(policy: policy, account: account) }
    let user = try Row.fetchOne(cachedStatement(sql: "SELECT * FROM user WHERE name = ?"), arguments: [name])
    let devices = try Row.fetchAll(
      cachedStatement(sql: "SELECT * FROM device WHERE user = ? ORDER BY created_at, serial"), arguments: [name])
    return UnitState(
      policy: policy, account: account, user: try user.map(User.init(row:)), devices: try devices.map(Device.init(row:))
    )
  }

  private func owner(of unit: TransactionUnit) throws -> String? {
    switch unit {
    case .user(let name): name.text
    case .owner(.id(let id)):
      try String.fetchOne(cachedStatement(sql: "SELECT user FROM device WHERE id = ?"), arguments: [id.text])
    case .owner(.serial(let serial)):
      try String.fetchOne(cachedStatement(sql: "SELECT user FROM device WHERE serial = ?"), arguments: [serial.text])
    }
  }

  func apply(_ changes: UnitChanges) throws {
    if let user = changes.user {
      try write(user.columns, key: ("name", user.name.text), table: "user", isNew: changes.userIsNew)
    }
    for device in changes.inserted { try insert(device) }
    for device in changes.updated {
      try write(device.columns, key: ("id", device.id.text), table: "device", isNew: false)
    }
    for id in changes.deleted {
      try cachedStatement(sql: "DELETE FROM device WHERE id = ?").execute(arguments: [id.text])
    }
    if let name = changes.deletedUser {
      try cachedStatement(sql: "DELETE FROM user WHERE name = ?").execute(arguments: [name.text])
    }
  }

  private func insert(_ device: Device) throws {
    do {
      try write(device.columns, key: ("id", device.id.text), table: "device", isNew: true)
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
      throw VerifierError.serialTaken(device.serial)
    }
  }

  private func write(
    _ columns: [(name: String, value: (any DatabaseValueConvertible)?)], key: (name: String, value: String),
    table: String, isNew: Bool
  ) throws {
    // Names of columns and tables are ours; values are bound. The key comes last in both statements.
    let names = columns.map(\.name)
    let sql =
      isNew
      ? "INSERT INTO \(table) (\((names + [key.name]).joined(separator: ", "))) "
        + "VALUES (\(Array(repeating: "?", count: names.count + 1).joined(separator: ", ")))"
      : "UPDATE \(table) SET \(names.map { "\($0) = ?" }.joined(separator: ", ")) WHERE \(key.name) = ?"
    try cachedStatement(sql: sql).execute(arguments: StatementArguments(columns.map(\.value) + [key.value]))
    // A row that vanished under an open write transaction: nothing may be answered on top of that.
    guard changesCount == 1 else { throw VerifierError.corruptRecord("the \(table) table") }
  }

  func policy() throws -> Policy {
    var policy = Policy.standard
    let rows = try Row.fetchAll(cachedStatement(sql: "SELECT name, value FROM policy"))
    for row in rows {
      guard let name: String = row["name"], let value: Int64 = row["value"],
        let setting = Policy.Setting(rawValue: name), setting.range.contains(value)
      else { throw VerifierError.corruptRecord("the policy") }
      try policy.set(setting, to: value)
    }
    return policy
  }

  func dataKeys() throws -> [SealedDataKey] {
    try Row.fetchAll(cachedStatement(sql: "SELECT id, sealed FROM data_key ORDER BY place")).map { row in
      guard let id: String = row["id"], let sealed: Data = row["sealed"] else {
        throw VerifierError.corruptRecord("a data key")
      }
      return SealedDataKey(id: id, box: SealedBytes([UInt8](sealed)))
    }
  }

  func devices(_ query: DeviceQuery) throws -> [Device] {
    var conditions: [String] = [], arguments: [String] = []
    if let user = query.user { (conditions, arguments) = (conditions + ["user = ?"], arguments + [user.text]) }
    if let status = query.status {
      (conditions, arguments) = (conditions + ["status = ?"], arguments + [status.rawValue])
    }
    if let after = query.after { (conditions, arguments) = (conditions + ["serial > ?"], arguments + [after.text]) }
    let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    return try Row.fetchAll(
      cachedStatement(sql: "SELECT * FROM device \(filter) ORDER BY serial LIMIT \(query.limit)"),
      arguments: StatementArguments(arguments)
    ).map(Device.init(row:))
  }

  func users(after name: UserName?, limit: Int) throws -> [User] {
    try Row.fetchAll(
      cachedStatement(sql: "SELECT * FROM user WHERE name > ? ORDER BY name LIMIT ?"),
      arguments: [name?.text ?? "", limit]
    ).map(User.init(row:))
  }
}
