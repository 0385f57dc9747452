internal import Dispatch
internal import Foundation
internal import GRDB
public import Verifier

/// Devices in one SQLite file: the embedded store. Any number of threads and processes may use the file at once.
///
/// Writing transactions begin as such (`BEGIN IMMEDIATE`), so that what is read is what is written back; they are on
/// the disk before an answer is given (WAL, `synchronous=FULL`). SQLite blocks its caller, so everything runs on the
/// connection's own queue, off the cooperative threads.
public final class SQLiteDeviceStore: DeviceStore {
  /// What to do where there is no database.
  public enum Opening: Sendable {
    /// It is an error.
    case existing
    /// One is made, in a folder of mode 0700 and with mode 0600.
    case creatingIfMissing
  }

  private let connection: DatabaseQueue
  private let place: String

  private init(connection: DatabaseQueue, place: String) {
    self.connection = connection
    self.place = place
  }

  /// Opens the database, on a thread of its own: it may have to wait for other writers, and to bring the tables up to
  /// date.
  /// - Parameters:
  ///   - path: the file.
  ///   - lockTimeout: seconds to wait for other writers before they are taken for stuck.
  /// - Throws: ``VerifierError/store(_:)``.
  public static func open(
    _ path: String, _ opening: Opening, lockTimeout: Double = 30
  ) async throws(VerifierError) -> SQLiteDeviceStore {
    let opened: Result<DatabaseQueue, VerifierError> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          returning: Result { () throws(VerifierError) in
            try DatabaseFile.open(path, opening, lockTimeout: lockTimeout)
          })
      }
    }
    return SQLiteDeviceStore(connection: try opened.get(), place: path)
  }

  /// As ``DeviceStore`` has it.
  public func transaction<R: Sendable>(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await write { database in
      let before = try database.state(of: unit)
      var after = before
      let result = try body(&after)
      try database.apply(after.changes(since: before))
      return result
    }
  }

  /// As ``DeviceStore`` has it.
  public func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState {
    try await read { try $0.state(of: unit) }
  }

  /// As ``DeviceStore`` has it.
  public func devices(_ query: DeviceQuery) async throws(VerifierError) -> [Device] {
    try await read { try $0.devices(query) }
  }

  /// As ``DeviceStore`` has it.
  public func users(after name: UserName?, limit: Int) async throws(VerifierError) -> [User] {
    try await read { try $0.users(after: name, limit: limit) }
  }

  /// As ``DeviceStore`` has it.
  public func policy() async throws(VerifierError) -> Policy {
    try await read { try $0.policy() }
  }

  /// As ``DeviceStore`` has it.
  public func updatePolicy(_ changes: [Policy.Setting: Int64]) async throws(VerifierError) -> Policy {
    try await write { database in
      var policy = try database.policy()
      for (setting, value) in changes {
        try policy.set(setting, to: value)
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO policy (name, value) VALUES (?, ?)")
          .execute(arguments: [setting.rawValue, value])
      }
      return policy
    }
  }

  /// As ``DeviceStore`` has it.
  public func dataKeys() async throws(VerifierError) -> [SealedDataKey] {
    try await read { try $0.dataKeys() }
  }

  /// As ``DeviceStore`` has it.
  public func addFirstDataKey(_ key: SealedDataKey) async throws(VerifierError) -> [SealedDataKey] {
    try await write { database in
      let present = try database.dataKeys()
      guard present.isEmpty else { return present }
      try database.cachedStatement(sql: "INSERT INTO data_key (id, sealed) VALUES (?, ?)")
        .execute(arguments: [key.id, Data(key.box.bytes)])
      return try database.dataKeys()
    }
  }

  private func write<R: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> R
  ) async throws(VerifierError) -> R {
    try await perform(.immediate, body)
  }

  private func read<R: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> R
  ) async throws(VerifierError) -> R {
    try await perform(.deferred, body)
  }

  /// One transaction that is carried to its end whatever becomes of the calling task: GRDB's async functions would
  /// roll it back when the task is cancelled, and with it a guess that was compared.
  private func perform<R: Sendable>(
    _ kind: Database.TransactionKind, _ body: @escaping @Sendable (Database) throws -> R
  ) async throws(VerifierError) -> R {
    let place = place
    let result: Result<R, VerifierError> = await withCheckedContinuation { continuation in
      connection.asyncWriteWithoutTransaction { database in
        do {
          continuation.resume(returning: .success(try database.committing(kind, body)))
        } catch {
          continuation.resume(returning: .failure(VerifierError(error, place: place)))
        }
      }
    }
    return try result.get()
  }
}

extension Database {
  /// Runs `body` in a transaction; its result is returned once it is committed, and only then.
  fileprivate func committing<R>(_ kind: TransactionKind, _ body: (Database) throws -> R) throws -> R {
    try beginTransaction(kind)
    do {
      let result = try body(self)
      try commit()
      return result
    } catch {
      try rollback()
      throw error
    }
  }
}

extension SQLiteDeviceStore {
  /// A PRAGMA of the store's own connection, for tests of how it was opened.
  package func setting(_ name: String) async throws(VerifierError) -> Int? {
    try await read { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
  }
}
