internal import Foundation
internal import GRDB
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

// Rows to values and back. What does not read back is a corrupt record: an error, never a guess.

extension Device {
  init(row: Row) throws(VerifierError) {
    let serial = Serial(stored: try row.read("serial", of: "a device"))
    let what = "the device \(serial)"
    guard let id = DeviceID(try row.read("id", of: what) as String),
      let status = Status(rawValue: try row.read("status", of: what)),
      let algorithm = HashAlgorithm(rawValue: try row.read("algorithm", of: what))
    else { throw .corruptRecord(what) }
    let parameters: TOTPParameters
    do throws(OATHError) {
      parameters = try TOTPParameters(
        algorithm: algorithm, digits: Digits(count: (try? row.read("digits", of: what)) ?? 0),
        period: (try? row.read("period", of: what)) ?? 0,
        t0: UnixTime(seconds: (try? row.read("t0", of: what)) ?? -1))
    } catch { throw .corruptRecord(what) }
    self.init(
      id: id, serial: serial, user: try UserName(stored: row.read("user", of: what), of: what),
      issuer: try row.read("issuer", of: what), parameters: parameters,
      seed: SealedSeed(
        keyID: try row.read("key_id", of: what), box: SealedBytes(try row.readBytes("sealed_seed", of: what))),
      status: status, lastStep: try row.read("last_step", of: what),
      syncDrift: try row.read("sync_drift", of: what, in: Self.drifts),
      drift: try row.read("drift", of: what, in: Self.drifts),
      lastSide: try row.read("last_side", of: what, in: -1...1),
      syncFailures: try row.read("sync_failures", of: what, in: User.counts),
      createdAt: try row.time("created_at", of: what),
      enabledAt: try row.optionalTime("enabled_at", of: what),
      lastUsedAt: try row.optionalTime("last_used_at", of: what))
  }

  /// Steps: more than any policy's reach and limit together.
  private static let drifts: ClosedRange<Int64> = -100_000...100_000

  /// Every column but `id`, by name.
  var columns: [(name: String, value: (any DatabaseValueConvertible)?)] {
    [
      ("serial", serial.text), ("user", user.text), ("issuer", issuer), ("algorithm", parameters.algorithm.rawValue),
      ("digits", parameters.digits.rawValue), ("period", parameters.period), ("t0", parameters.t0.seconds),
      ("key_id", seed.keyID), ("sealed_seed", Data(seed.box.bytes)), ("status", status.rawValue),
      ("last_step", lastStep), ("sync_drift", syncDrift), ("drift", drift), ("last_side", lastSide),
      ("sync_failures", syncFailures), ("created_at", createdAt.seconds), ("enabled_at", enabledAt?.seconds),
      ("last_used_at", lastUsedAt?.seconds),
    ]
  }
}

extension User {
  init(row: Row) throws(VerifierError) {
    let what = "a user"
    let name = try UserName(stored: row.read("name", of: what), of: what)
    let lock: Lock =
      if try row.read("locked_until_unlocked", of: what) {
        .untilUnlocked
      } else if let end = try row.optionalTime("locked_until", of: what) {
        .until(end)
      } else {
        .none
      }
    self.init(
      name: name, createdAt: try row.time("created_at", of: what),
      failures: try row.read("failures", of: what, in: Self.counts),
      lock: lock, lastFailureAt: try row.optionalTime("last_failure_at", of: what))
  }

  /// What a counter may hold: far more than it can be counted to, far less than what overflows.
  static let counts = 0...Int(Int32.max)

  /// Every column but `name`, by name.
  var columns: [(name: String, value: (any DatabaseValueConvertible)?)] {
    let lockedUntil: Int64? = if case .until(let end) = lock { end.seconds } else { nil }
    return [
      ("created_at", createdAt.seconds), ("failures", failures), ("locked_until", lockedUntil),
      ("locked_until_unlocked", lock == .untilUnlocked), ("last_failure_at", lastFailureAt?.seconds),
    ]
  }
}

extension UserName {
  /// A name that was stored is a name that was checked: any other was written by something else.
  fileprivate init(stored text: String, of what: String) throws(VerifierError) {
    do throws(VerifierError) { try self.init(text) } catch { throw .corruptRecord(what) }
  }
}

extension Row {
  /// The value of a column; a value of another type, or none where there must be one, is corruption.
  fileprivate func read<T: DatabaseValueConvertible>(_ column: String, of what: String) throws(VerifierError) -> T {
    guard let value = T.fromDatabaseValue(self[column]) else { throw .corruptRecord(what) }
    return value
  }

  /// A number that takes part in arithmetic: outside its range it is corruption.
  fileprivate func read<T: DatabaseValueConvertible & Comparable>(
    _ column: String, of what: String, in range: ClosedRange<T>
  ) throws(VerifierError) -> T {
    let value: T = try read(column, of: what)
    guard range.contains(value) else { throw .corruptRecord(what) }
    return value
  }

  fileprivate func read(_ column: String, of what: String) throws(VerifierError) -> Int64? {
    let stored: DatabaseValue = self[column]
    return stored.isNull ? nil : try read(column, of: what) as Int64
  }

  fileprivate func readBytes(_ column: String, of what: String) throws(VerifierError) -> [UInt8] {
    [UInt8](try read(column, of: what) as Data)
  }

  fileprivate func time(_ column: String, of what: String) throws(VerifierError) -> UnixTime {
    guard let time = try optionalTime(column, of: what) else { throw .corruptRecord(what) }
    return time
  }

  fileprivate func optionalTime(_ column: String, of what: String) throws(VerifierError) -> UnixTime? {
    guard let seconds: Int64 = try read(column, of: what) else { return nil }
    do throws(OATHError) { return try UnixTime(seconds: seconds) } catch { throw .corruptRecord(what) }
  }
}
