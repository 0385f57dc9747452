public import OATH

/// Where devices, users, rules, keys and audit rows are kept. ``DeviceStore/transaction(_:_:)`` is the one way to change
/// a device: what it sees, nobody else changes until it is done, on whatever thread, process or replica.
///
/// What a store must hold to is written as a suite of tests, `StoreContract`, which every store passes.
public protocol DeviceStore: Sendable {
  /// Runs `body` on the state of a unit and keeps what it changed, durably before this returns. When `body` throws,
  /// nothing is changed. Once begun, a transaction is carried to its end even if the calling task is cancelled:
  /// a guess that was compared is a guess that is counted. `body` may be run again where the store had to begin anew;
  /// only the last run counts.
  func transaction(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> Void
  ) async throws(VerifierError)

  /// The state of a unit, to look at.
  func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState

  /// Devices by serial, a page at a time.
  func devices(_ query: DeviceQuery) async throws(VerifierError) -> Listing<Device>

  /// Users by name, a page at a time: at most `limit` of those after `name`.
  func users(after name: String?, limit: Int) async throws(VerifierError) -> Listing<User>

  /// The rules in force.
  func rules() async throws(VerifierError) -> VerificationRules

  /// Changes settings of the rules, in one transaction with the audit rows, and returns what is in force then.
  func updateRules(
    _ changes: [VerificationRules.Setting: Int64], records: [AuditRecord]
  ) async throws(VerifierError) -> VerificationRules

  /// The keys, oldest first.
  func keys() async throws(VerifierError) -> [StoredKey]

  /// As ``transaction(_:_:)``, for the keys: keys may be added, get copies, and be removed.
  /// - Throws: ``VerifierError/keyInUse(_:)`` for a key that is removed while something is sealed under it.
  func changeKeys<R: Sendable>(
    _ body: @escaping @Sendable (inout KeyState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R

  /// How many seeds are sealed under each key.
  func seedCounts() async throws(VerifierError) -> [String: Int]

  /// How many users are locked at a moment, and how many devices until they are unlocked.
  func lockCounts(at now: UnixTime) async throws(VerifierError) -> (users: Int, devices: Int)

  /// Keeps audit rows of what changed nothing else.
  func append(_ records: [AuditRecord]) async throws(VerifierError)

  /// Audit rows, a page at a time.
  func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord]

  /// The audit rows of a batch, by id.
  func auditRecords(inBatch number: Int64) async throws(VerifierError) -> [AuditRecord]

  /// At most `limit` batches after the one of this number, by number; nil for all, also for those that no batch can have.
  func auditBatches(after number: Int64?, limit: Int) async throws(VerifierError) -> [AuditBatch]

  /// Adds a batch to the chain: `make` gets the newest one and the oldest rows that no batch holds, at most
  /// 1,000, and returns the next batch, or nil. One caller at a time, on whatever replica.
  func sealAudit(_ make: @escaping AuditSealing) async throws(VerifierError) -> (newest: AuditBatch?, made: Bool)

  /// From now on seals audit rows in the transaction that brings them, where the store has all its writers one after the
  /// other and enough rows come at once for it to cost less than ``sealAudit(_:)``, which seals the others.
  func sealAuditOnCommit(_ make: @escaping AuditSealing)

  /// Commits a change that leaves everything as it is, as durably as any other: what a code needs to be accepted.
  /// - Throws: what would keep a code from being accepted now.
  func checkWriting() async throws(VerifierError)

  /// Waits until this store can write no more before the program is started again, which is so after a disk has failed.
  /// One task may wait at a time.
  /// - Returns: the reason; nil where the task was cancelled.
  func breakdown() async -> VerifierError?

  /// Looks for damage that the database itself can see, and tells of it in lines.
  func checkIntegrity() async throws(VerifierError) -> [String]

  /// Waits for what is under way, where it does not take too long, and gives back what the store holds. What is asked for
  /// afterwards is an error.
  func close() async
}

extension DeviceStore {
  /// The same with a result: what the run that counts has returned.
  public func transaction<R: Sendable>(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    let last = LastResult<R>()
    try await transaction(unit) { state throws(VerifierError) -> Void in
      last.keep(try body(&state))
    }
    return last.value
  }

  /// Waits until the task is cancelled: this store recovers from every failure.
  public func breakdown() async -> VerifierError? {
    let none = AsyncStream.makeStream(of: VerifierError.self)
    for await reason in none.stream { return reason }
    return nil
  }

  /// Where writers do not take turns, a chain would make them.
  public func sealAuditOnCommit(_ make: @escaping AuditSealing) {}
}

/// What is atomic: a user with all their devices.
public enum TransactionUnit: Sendable, Hashable {
  /// The user of this name, whether there is one yet or not.
  case user(UserName)
  /// The user to whom this device belongs or is meant to belong; no user and no devices where there is no such device.
  case owner(of: DeviceReference)
  /// The user of this name, and with their devices this one, whosever it is.
  case enrolment(of: DeviceReference, to: UserName)
}

/// Which devices to list.
public struct DeviceQuery: Sendable, Equatable {
  /// Only devices of this user.
  public var user: UserName?
  /// Only devices of this status.
  public var status: Device.Status?
  /// Only devices that are enabled for somebody, or only those that are not.
  public var isAssigned: Bool?
  /// Only devices whose seed is sealed under another key than the one of this id.
  public var notUnderKey: String?
  /// Only devices whose serial comes after this text.
  public var after: String?
  /// At most so many.
  public var limit: Int

  /// All devices, unless narrowed.
  public init(
    user: UserName? = nil, status: Device.Status? = nil, isAssigned: Bool? = nil, notUnderKey: String? = nil,
    after: String? = nil, limit: Int = 100
  ) {
    self.user = user
    self.status = status
    self.isAssigned = isAssigned
    self.notUnderKey = notUnderKey
    self.after = after
    self.limit = limit
  }
}
