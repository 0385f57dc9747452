internal import OATH
internal import OpenSSLCrypto
internal import Verifier

// Rows to values and back: each type's columns in one order, for reading and for writing.

extension Device {
  static let columns = ownColumns + usedColumns

  /// Those of `vmfa_device`.
  static let ownColumns = ["user_name"] + columnsWithinUser

  /// Of these, those that are read where it is known whose devices they are.
  static let columnsWithinUser =
    ["id", "serial", "issuer", "moving_factor", "algorithm", "digits", "period", "t0", "created_at"] + changingColumns

  /// Where the serial is among them.
  static let serialColumn = columns.firstIndex(of: "serial") ?? 0

  /// Of these, those that change in the life of a device.
  static let changingColumns = ["key_id", "sealed_seed", "status", "sync_drift", "sync_failures", "enabled_at"]

  /// Those that change when a code is accepted: of `vmfa_device_use`, so that little is written then.
  static let usedColumns = ["last_step", "drift", "last_side", "last_used_at"]

  /// Where all of them are: the two rows of a device have one number. Where the second is missing, the first is read as a
  /// corrupt record, and not passed over.
  static let tables = "vmfa_device LEFT JOIN vmfa_device_use USING (user_name, number)"

  /// Steps: more than any rules' reach and limit together.
  private static let drifts: ClosedRange<Int64> = -100_000...100_000

  /// - Parameters:
  ///   - first: the column of the row that its own begin with.
  ///   - user: whose it is, where no column says so.
  init(row: SQLRow, from first: Int = 0, of user: UserName? = nil) throws(VerifierError) {
    var reader = RowReader(row, from: first, of: "a device", named: "the device")
    let user = if let user { user } else { try reader.userName() }
    let id = DeviceID(try reader.text())
    let serial: Serial
    do { serial = Serial(stored: try reader.text()) } catch { throw .corruptRecord("the device of \(user)") }
    reader.name = serial.text
    guard let id else { throw .corruptRecord(reader.subject) }
    let issuer = try reader.text(), factor = try reader.choice(MovingFactor.self)
    let parameters = try TOTPParameters(&reader), createdAt = try reader.time()
    let seed = SealedSecret(keyID: try reader.text(), box: SealedBytes(try reader.bytes()))
    let status = try reader.choice(Status.self), syncDrift = try reader.integer(in: Self.drifts)
    let syncFailures = Int(try reader.integer(in: User.counts)), enabledAt = try reader.optionalTime()
    self.init(
      id: id, serial: serial, user: user, issuer: issuer, movingFactor: factor, parameters: parameters, seed: seed,
      status: status, lastStep: try reader.optionalInteger(in: Self.steps), syncDrift: syncDrift,
      drift: try reader.integer(in: Self.drifts), lastSide: try reader.integer(in: -1...1), syncFailures: syncFailures,
      createdAt: createdAt, enabledAt: enabledAt, lastUsedAt: try reader.optionalTime())
  }

  var ownValues: [SQLValue] {
    [
      .text(user.text), .text(id.text), .text(serial.text), .text(issuer), .text(movingFactor.rawValue),
      .text(parameters.algorithm.rawValue), .integer(Int64(parameters.digits.rawValue)), .integer(parameters.period),
      .integer(parameters.t0.seconds), .integer(createdAt.seconds),
    ] + changingValues
  }

  var changingValues: [SQLValue] {
    [
      .text(seed.keyID), .bytes(seed.box.bytes), .text(status.rawValue), .integer(syncDrift),
      .integer(Int64(syncFailures)), SQLValue(enabledAt?.seconds),
    ]
  }

  /// The values of ``usedColumns``.
  func appendUse(to rows: inout SQLRows) {
    rows.append(lastStep)
    rows.append(drift)
    rows.append(lastSide)
    rows.append(lastUsedAt?.seconds)
  }
}

extension TOTPParameters {
  fileprivate init(_ reader: inout RowReader) throws(VerifierError) {
    let algorithm = try reader.choice(HashAlgorithm.self)
    let digits = try reader.integer(in: 6...8), period = try reader.integer(), t0 = try reader.time()
    do throws(OATHError) {
      self = try TOTPParameters(algorithm: algorithm, digits: Digits(count: Int(digits)), period: period, t0: t0)
    } catch { throw .corruptRecord(reader.subject) }
  }
}

extension User {
  static let columns = ["name"] + columnsOfNamed

  /// Of these, those that are read where the name is known.
  static let columnsOfNamed = ["created_at"] + changingColumns

  static let changingColumns = [
    "failures", "locked_until", "locked_until_unlocked", "last_failure_at", "recovery_key", "recovery_codes",
    "answers",
  ]

  /// What a counter may hold: far more than it can be counted to, far less than what overflows.
  static let counts: ClosedRange<Int64> = 0...Int64(Int32.max)

  /// - Parameter name: theirs, where no column says it.
  init(row: SQLRow, named name: UserName? = nil) throws(VerifierError) {
    var reader = RowReader(row, of: "a user", named: "the user")
    let name = if let name { name } else { try reader.userName() }
    reader.name = name.text
    let createdAt = try reader.time()
    let failures = Int(try reader.integer(in: Self.counts))
    let lockedUntil = try reader.optionalTime(), isLockedForGood = try reader.integer(in: 0...1) == 1
    let lastFailureAt = try reader.optionalTime()
    let recoveryKey = try reader.optionalText(), recoveryCodes = try reader.optionalBytes()
    var recovery: RecoveryDigests?
    if let recoveryKey, let recoveryCodes {
      guard let read = RecoveryDigests(keyID: recoveryKey, bytes: recoveryCodes) else {
        throw .corruptRecord("the recovery codes of \(name)")
      }
      recovery = read
    }
    var answers = KeptAnswers()
    if let text = try reader.optionalText() {
      guard let read = KeptAnswers(text: text) else { throw .corruptRecord("the answers kept for \(name)") }
      answers = read
    }
    self.init(
      name: name, createdAt: createdAt, failures: failures,
      lock: isLockedForGood ? .untilUnlocked : lockedUntil.map { .until($0) } ?? .none, lastFailureAt: lastFailureAt,
      recovery: recovery, answers: answers)
  }

  var values: [SQLValue] { [.text(name.text), .integer(createdAt.seconds)] + changingValues }

  var changingValues: [SQLValue] {
    let lockedUntil: Int64? = if case .until(let end) = lock { end.seconds } else { nil }
    return [
      .integer(Int64(failures)), SQLValue(lockedUntil), .integer(lock == .untilUnlocked ? 1 : 0),
      SQLValue(lastFailureAt?.seconds), SQLValue(recovery?.keyID), recovery.map { .bytes($0.bytes) } ?? .null,
      SQLValue(answers.text),
    ]
  }
}

extension AuditRecord {
  static let columns = [
    "id", "time", "event", "outcome", "reason", "user_name", "device", "actor", "source", "request_id", "key_id", "tag",
  ]

  init(row: SQLRow, _ layout: AuditLayout) throws(VerifierError) {
    var reader = RowReader(row, of: "an audit row", named: "the audit row", repairingText: true)
    let id = try reader.text()
    reader.name = id
    let event = AuditEvent(
      time: try reader.integer(), name: .init(rawValue: try reader.text()), outcome: .init(rawValue: try reader.text()),
      reason: try reader.optionalText(), user: try reader.text(), device: try reader.optionalText())
    let context = RequestContext(
      storedActor: try reader.text(), source: try reader.optionalText(), requestID: try reader.optionalText())
    let keyID = try reader.text(), tag = try reader.bytes(), place = try reader.optionalInteger()
    self.init(
      id: id, event: event, context: context, keyID: keyID, tag: tag, batch: layout.batch(place),
      index: layout.index(place))
  }

  /// A row of ``columns`` and the layout's own.
  func append(to rows: inout SQLRows, last: SQLValue) {
    // Taken out of the record once, not for each of their fields.
    let event = event, context = context
    rows.append(id)
    rows.append(event.time)
    rows.append(event.name.rawValue)
    rows.append(event.outcome.rawValue)
    rows.append(event.reason)
    rows.append(event.user)
    rows.append(event.device)
    rows.append(context.actor)
    rows.append(context.source)
    rows.append(context.requestID)
    rows.append(keyID)
    rows.append(tag)
    rows.append(last)
  }
}

extension AuditBatch {
  static let columns = ["number", "sealed_at", "key_id", "row_ids", "tag"]

  init(row: SQLRow) throws(VerifierError) {
    var reader = RowReader(row, of: "an audit batch", repairingText: true)
    self.init(
      number: try reader.integer(), sealedAt: try reader.integer(),
      keyID: try reader.text(),
      rowIDs: try reader.bytes(), tag: try reader.bytes())
  }

  var values: [SQLValue] { [.integer(number), .integer(sealedAt), .text(keyID), .bytes(rowIDs), .bytes(tag)] }
}
