/// Where devices, users and policy are kept. ``DeviceStore/transaction(_:_:)`` is the one way to change a device:
/// what it sees, nobody else changes until it is done, on whatever thread, process or replica.
///
/// What a store must hold to is written as a suite of tests, `DeviceStoreContract`, which every store passes.
public protocol DeviceStore: Sendable {
  /// Runs `body` on the state of a unit and keeps what it changed, durably before this returns. When `body` throws,
  /// nothing is changed. Once begun, a transaction is carried to its end even if the calling task is cancelled:
  /// a guess that was compared is a guess that is counted.
  func transaction<R: Sendable>(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R

  /// The state of a unit, to look at.
  func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState

  /// Devices by serial, a page at a time.
  func devices(_ query: DeviceQuery) async throws(VerifierError) -> [Device]

  /// Users by name, a page at a time: at most `limit` of those after `name`.
  func users(after name: UserName?, limit: Int) async throws(VerifierError) -> [User]

  /// The policy in force.
  func policy() async throws(VerifierError) -> Policy

  /// Changes settings of the policy, in one transaction, and returns what is in force then.
  func updatePolicy(_ changes: [Policy.Setting: Int64]) async throws(VerifierError) -> Policy

  /// The data keys, oldest first.
  func dataKeys() async throws(VerifierError) -> [SealedDataKey]

  /// Adds a key where there is none at all; returns the keys that are there then.
  func addFirstDataKey(_ key: SealedDataKey) async throws(VerifierError) -> [SealedDataKey]
}

/// What is atomic: a user with all their devices.
public enum TransactionUnit: Sendable, Hashable {
  /// The user of this name, whether there is one yet or not.
  case user(UserName)
  /// The user to whom this device belongs or is meant to belong; no user and no devices where there is no such device.
  case owner(of: DeviceReference)
}

/// Which devices to list.
public struct DeviceQuery: Sendable, Equatable {
  /// Only devices of this user.
  public var user: UserName?
  /// Only devices of this status.
  public var status: Device.Status?
  /// Only devices whose serial comes after this one.
  public var after: Serial?
  /// At most so many.
  public var limit: Int

  /// All devices, unless narrowed.
  public init(user: UserName? = nil, status: Device.Status? = nil, after: Serial? = nil, limit: Int = 100) {
    self.user = user
    self.status = status
    self.after = after
    self.limit = limit
  }
}
