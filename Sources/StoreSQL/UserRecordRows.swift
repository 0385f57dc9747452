internal import Directory
internal import OATH
internal import Verifier

// Rows of accounts to values and back, as Records.swift has it for devices.

/// A row of vmfa_profile: an account record without what has rows of its own.
enum ProfileRow {
  static let columns = [
    "user_name", "user_id", "path", "is_administrator", "password", "password_created_at", "password_changed_at",
    "must_change_password", "password_used_at", "old_passwords", "requires_mfa",
  ]

  static func read(_ row: SQLRow) throws(VerifierError) -> UserRecord {
    var reader = RowReader(row, of: "an account", named: "the account of"), record = UserRecord()
    reader.name = try reader.text()
    record.userID = try reader.optionalText()
    record.path = try reader.text()
    guard record.path.hasPrefix("/") else { throw .corruptRecord(reader.subject) }
    record.isAdministrator = try reader.integer(in: 0...1) == 1
    let hash = try reader.optionalText(), created = try reader.optionalTime(), changed = try reader.optionalTime()
    let mustChange = try reader.integer(in: 0...1) == 1, used = try reader.optionalTime()
    let previous = try reader.text().split(separator: "\n").map(String.init)
    record.requiresMFA = try reader.integer(in: 0...1) == 1
    if let hash {
      guard let created, let changed else { throw .corruptRecord(reader.subject) }
      record.login = LoginProfile(
        hash: hash, createdAt: created, changedAt: changed, mustChange: mustChange, lastUsedAt: used,
        previous: previous)
    }
    return record
  }

  static func values(_ record: UserRecord, user: String) -> [SQLValue] {
    let login = record.login
    return [
      .text(user), SQLValue(record.userID), .text(record.path), .integer(record.isAdministrator ? 1 : 0),
      SQLValue(login?.hash), SQLValue(login?.createdAt.seconds), SQLValue(login?.changedAt.seconds),
      .integer(login?.mustChange ?? false ? 1 : 0), SQLValue(login?.lastUsedAt?.seconds),
      .text(login?.previous.joined(separator: "\n") ?? ""), .integer(record.requiresMFA ? 1 : 0),
    ]
  }
}

extension AccessKey {
  static let columns = [
    "user_name", "id", "key_id", "sealed", "is_active", "created_at", "used_at", "used_service", "used_region",
  ]

  init(row: SQLRow) throws(VerifierError) {
    var reader = RowReader(row, of: "an access key", named: "the access key")
    _ = try reader.text()
    let id = try reader.text()
    reader.name = id
    let secret = SealedSecret(keyID: try reader.text(), box: SealedBytes(try reader.bytes()))
    let isActive = try reader.integer(in: 0...1) == 1, created = try reader.time()
    var use: Use?
    if let time = try reader.optionalTime() {
      use = Use(time: time, service: try reader.text(), region: try reader.text())
    }
    self.init(id: id, secret: secret, isActive: isActive, createdAt: created, lastUse: use)
  }

  func values(user: String) -> [SQLValue] {
    [
      .text(user), .text(id), .text(secret.keyID), .bytes(secret.box.bytes), .integer(isActive ? 1 : 0),
      .integer(createdAt.seconds), SQLValue(lastUse?.time.seconds), SQLValue(lastUse?.service),
      SQLValue(lastUse?.region),
    ]
  }
}

extension PageSession {
  static let columns = [
    "user_name", "id", "digest", "stage", "has_mfa", "created_at", "seen_at", "source", "agent",
  ]

  init(row: SQLRow) throws(VerifierError) {
    var reader = RowReader(row, of: "a session", named: "the session")
    _ = try reader.text()
    let id = try reader.text()
    reader.name = id
    let digest = try reader.bytes(), stage = try reader.choice(Stage.self),
      mfaPresent = try reader.integer(in: 0...1) == 1
    let created = try reader.time(), seen = try reader.time(), source = try reader.optionalText()
    self.init(
      id: id, digest: digest, stage: stage, mfaPresent: mfaPresent, createdAt: created, seenAt: seen, source: source,
      agent: try reader.text())
  }

  func values(user: String) -> [SQLValue] {
    [
      .text(user), .text(id), .bytes(digest), .text(stage.rawValue), .integer(mfaPresent ? 1 : 0),
      .integer(createdAt.seconds), .integer(seenAt.seconds), SQLValue(source), .text(agent),
    ]
  }
}

/// A row of vmfa_tag: of the user where the serial is empty.
enum TagRow {
  static let columns = ["user_name", "serial", "place", "name", "value"]

  static func read(_ row: SQLRow) throws(VerifierError) -> (serial: String, tag: Tag) {
    var reader = RowReader(row, of: "a tag", named: "a tag of")
    reader.name = try reader.text()
    let serial = try reader.text()
    _ = try reader.integer()
    return (serial, Tag(key: try reader.text(), value: try reader.text()))
  }

  static func values(_ record: UserRecord, user: String) -> [[SQLValue]] {
    let all = [("", record.tags)] + record.deviceTags.map { ($0.key, $0.value) }
    return all.flatMap { serial, tags in
      tags.enumerated().map { place, tag in
        [.text(user), .text(serial), .integer(Int64(place)), .text(tag.key), .text(tag.value)]
      }
    }
  }
}

extension APIToken {
  static let columns = ["name", "scopes", "created_at", "digest"]

  init(row: SQLRow) throws(VerifierError) {
    var reader = RowReader(row, of: "a token", named: "the token")
    let name = try reader.text()
    reader.name = name
    let words = try reader.text().split(separator: " "), scopes = Set(words.compactMap { Scope(rawValue: String($0)) })
    let createdAt = try reader.time(), digest = try reader.bytes()
    guard !name.isEmpty, scopes.count == words.count, !scopes.isEmpty, digest.count == 32 else {
      throw .corruptRecord(reader.subject)
    }
    self.init(name: name, scopes: scopes, createdAt: createdAt, digest: digest)
  }

  var values: [SQLValue] {
    [
      .text(name), .text(scopes.map(\.rawValue).sorted().joined(separator: " ")), .integer(createdAt.seconds),
      .bytes(digest),
    ]
  }
}

extension PasswordPolicy {
  /// Its fields by the names under which they are stored.
  private static var numbers: [(String, WritableKeyPath<PasswordPolicy, Int>)] {
    [
      ("minimum_length", \.minimumLength)
    ]
  }
  private static var optionals: [(String, WritableKeyPath<PasswordPolicy, Int?>)] {
    [
      ("maximum_age", \.maximumAge), ("reuse_prevention", \.reusePrevention),
    ]
  }
  private static var flags: [(String, WritableKeyPath<PasswordPolicy, Bool>)] {
    [
      ("requires_symbols", \.requiresSymbols), ("requires_numbers", \.requiresNumbers),
      ("requires_uppercase", \.requiresUppercase), ("requires_lowercase", \.requiresLowercase),
      ("allows_change", \.allowsChange), ("expires_hard", \.expiresHard),
    ]
  }

  var fields: [String: String] {
    var fields: [String: String] = [:]
    for (name, path) in Self.numbers { fields[name] = String(self[keyPath: path]) }
    for (name, path) in Self.optionals { fields[name] = self[keyPath: path].map { String($0) } }
    for (name, path) in Self.flags { fields[name] = self[keyPath: path] ? "1" : "0" }
    return fields
  }

  init(fields: [String: String]) throws(VerifierError) {
    self.init()
    for (name, path) in Self.numbers {
      guard let number = fields[name].flatMap({ Int($0) }) else { throw .corruptRecord("the password policy") }
      self[keyPath: path] = number
    }
    for (name, path) in Self.optionals { self[keyPath: path] = fields[name].flatMap { Int($0) } }
    for (name, path) in Self.flags { self[keyPath: path] = fields[name] == "1" }
  }
}
