internal import Foundation
public import OATH
public import Verifier
internal import StoreSQL

/// Devices in a PostgreSQL database: many replicas, one truth. Any number of programs on any number of hosts may use it.
///
/// An attempt is one transaction at READ COMMITTED that first locks the user's row, so that what it reads is what it
/// writes back, on whatever replica another attempt runs. Serialization failures and deadlocks begin it anew; a
/// connection that is lost is an error to the caller, never an acceptance. See DESIGN.md for what other isolation
/// levels, poolers and distributed engines change.
public final class PostgreSQLStore: DeviceStore {
  /// What to do where the database has none of the tables.
  public enum Opening: Sendable {
    /// It is an error.
    case existing
    /// They are made.
    case creatingIfMissing
  }

  private let pool: ConnectionPool
  private let transactions: Transactions
  private let answerTimeout: Duration
  private let place: String

  private init(pool: ConnectionPool, settings: ConnectionSettings, place: String) {
    self.pool = pool
    self.place = place
    answerTimeout = settings.answerTimeout
    transactions = Transactions(lockTimeout: settings.lockTimeout)
  }

  deinit { pool.close() }

  /// Connects, and brings the tables up to date where they are older than this program.
  /// - Parameters:
  ///   - url: what libpq takes: a URL or keywords and values, with its TLS modes, several hosts, and so on. A password is
  ///     better in a password file than in here.
  ///   - opening: what to do where there are no tables.
  ///   - connections: at most so many, made as they are needed.
  ///   - answerTimeout: seconds until a database that gives no answer is given up, and the connection with it: every call
  ///     is answered by then, if these are ten or more. Less is exceeded where a new connection has to be made.
  ///   - lockTimeout: seconds to wait for others' locks, as long as the server says that it waits for one.
  /// - Throws: `VerifierError.store`.
  public static func open(
    _ url: String, _ opening: Opening, connections: Int = 8, answerTimeout: Double = 10, lockTimeout: Double = 30
  ) async throws(VerifierError) -> PostgreSQLStore {
    do throws(StoreFailure) { try Connection.prepare(for: url) } catch { throw .store(error) }
    let settings = ConnectionSettings(
      url: url, answerTimeout: .seconds(answerTimeout), lockTimeout: .seconds(lockTimeout))
    let pool = ConnectionPool(settings, limit: connections)
    do throws(VerifierError) {
      let place = try await Self.perform(on: pool, within: settings.answerTimeout, place: "the database") {
        connection, _ in
        try Schema.prepare(connection, makingTables: opening == .creatingIfMissing, settings: settings)
      }
      return PostgreSQLStore(pool: pool, settings: settings, place: place)
    } catch {
      pool.close()
      throw error
    }
  }

  /// Ends the connections. What is under way comes to its end, and is waited for, but no longer than a second: a server may
  /// be gone. What is asked for afterwards is an error.
  public func close() async {
    let pool = pool
    pool.close()
    await withCheckedContinuation { continuation in
      Thread {
        pool.waitForEnd(until: Date(timeIntervalSinceNow: 1))
        continuation.resume()
      }.start()
    }
  }

  public func transaction(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> Void
  ) async throws(VerifierError) {
    try await write { try $0.change(unit, body) }
  }

  public func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState {
    try await read { try $0.state(of: unit) }
  }

  public func devices(_ query: DeviceQuery) async throws(VerifierError) -> Listing<Device> {
    try await read { try $0.devices(query) }
  }

  public func users(after name: String?, limit: Int) async throws(VerifierError) -> Listing<User> {
    try await read { try $0.users(after: name, limit: limit) }
  }

  public func rules() async throws(VerifierError) -> VerificationRules { try await read { try $0.rules() } }

  public func updateRules(
    _ changes: [VerificationRules.Setting: Int64], records: [AuditRecord]
  ) async throws(VerifierError) -> VerificationRules {
    try await write { try $0.updateRules(changes, records: records) }
  }

  public func keys() async throws(VerifierError) -> [StoredKey] { try await read { try $0.keys() } }

  public func changeKeys<R: Sendable>(
    _ body: @escaping @Sendable (inout KeyState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await write { try $0.changeKeys(body) }
  }

  public func seedCounts() async throws(VerifierError) -> [String: Int] { try await read { try $0.seedCounts() } }

  public func lockCounts(at now: UnixTime) async throws(VerifierError) -> (users: Int, devices: Int) {
    try await read { try $0.lockCounts(at: now) }
  }

  public func append(_ records: [AuditRecord]) async throws(VerifierError) {
    try await write { try $0.insert(records) }
  }

  public func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord] {
    try await read { try $0.auditRecords(query) }
  }

  public func auditRecords(inBatch number: Int64) async throws(VerifierError) -> [AuditRecord] {
    try await read { try $0.auditRecords(inBatch: number) }
  }

  public func auditBatches(after number: Int64?, limit: Int) async throws(VerifierError) -> [AuditBatch] {
    try await read { try $0.auditBatches(after: number, limit: limit) }
  }

  public func sealAudit(
    _ make: @escaping AuditSealing
  ) async throws(VerifierError) -> (newest: AuditBatch?, made: Bool) {
    try await write { try $0.sealAudit(make) }
  }

  /// Writes the account's row, and leaves in it what was there.
  public func checkWriting() async throws(VerifierError) { try await write { try $0.checkWriting() } }

  /// As `DeviceStore` has it: references. Pages and indexes are for `pg_amcheck`.
  public func checkIntegrity() async throws(VerifierError) -> [String] {
    // It reads all there is.
    try await read(within: .seconds(3600)) { try $0.strayRows() }
  }

  func write<R: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws(VerifierError) -> R {
    try await Self.perform(on: pool, within: answerTimeout, place: place) { [transactions] connection, isRepeated in
      try transactions.run(.writing, on: connection, isRepeated: isRepeated, body)
    }
  }

  /// - Parameter timeout: how long it may take, if not as long as any other call.
  func read<R: Sendable>(
    within timeout: Duration? = nil, _ body: @escaping @Sendable (Connection) throws -> R
  ) async throws(VerifierError) -> R {
    try await Self.perform(on: pool, within: timeout ?? answerTimeout, place: place) {
      [transactions] connection, isRepeated in
      try transactions.run(.reading, on: connection, isRepeated: isRepeated, body)
    }
  }

  /// A setting of the server as a writing transaction has it, for tests.
  package func setting(_ name: String) async throws(VerifierError) -> String? {
    try await write { connection in
      try connection.run("SHOW \(name)").rows.text
    }
  }

  /// Runs work on one of the pool's threads, to its end whatever becomes of the calling task.
  private static func perform<R: Sendable>(
    on pool: ConnectionPool, within timeout: Duration, place: String,
    _ work: @escaping @Sendable (Connection, Bool) throws -> R
  ) async throws(VerifierError) -> R {
    let result: Result<R, VerifierError> = await withCheckedContinuation { continuation in
      pool.submit(
        ConnectionPool.Job(timeout: timeout) { connection, isRepeated in
          do {
            continuation.resume(returning: .success(try work(connection, isRepeated)))
            return .done(keepsConnection: true)
          } catch TransactionEnd.beginAnew { return .again } catch {
            let end = error as? TransactionEnd
            continuation.resume(returning: .failure(VerifierError(end?.reason ?? error, place: place)))
            return .done(keepsConnection: end == nil)
          }
        } fail: { error in
          continuation.resume(returning: .failure(VerifierError(error as any Error, place: place)))
        })
    }
    return try result.get()
  }
}
