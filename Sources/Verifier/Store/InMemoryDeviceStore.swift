internal import Synchronization

/// A store that lasts as long as the program: for tests, and for trying the verifier out.
public final class InMemoryDeviceStore: DeviceStore {
  fileprivate struct Contents {
    let account: AccountID
    var policy = Policy.standard
    var users: [UserName: User] = [:]
    var devices: [DeviceID: Device] = [:]
    var dataKeys: [SealedDataKey] = []
  }

  private let contents: Mutex<Contents>

  /// An empty one with an account id of its own.
  public init() throws(VerifierError) {
    contents = Mutex(Contents(account: try .random()))
  }

  /// As ``DeviceStore`` has it.
  public func transaction<R: Sendable>(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try contents.withLock { contents throws(VerifierError) in
      let before = contents.state(of: unit)
      var after = before
      let result = try body(&after)
      try contents.apply(after.changes(since: before))
      return result
    }
  }

  /// As ``DeviceStore`` has it.
  public func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState {
    contents.withLock { $0.state(of: unit) }
  }

  /// As ``DeviceStore`` has it.
  public func devices(_ query: DeviceQuery) async throws(VerifierError) -> [Device] {
    let all = contents.withLock { Array($0.devices.values) }
    let found = all.filter { device in
      query.user.map { $0 == device.user } ?? true && query.status.map { $0 == device.status } ?? true
        && query.after.map { $0 < device.serial } ?? true
    }
    return Array(found.sorted { $0.serial < $1.serial }.prefix(query.limit))
  }

  /// As ``DeviceStore`` has it.
  public func users(after name: UserName?, limit: Int) async throws(VerifierError) -> [User] {
    let all = contents.withLock { Array($0.users.values) }
    let found = all.filter { user in name.map { $0 < user.name } ?? true }
    return Array(found.sorted { $0.name < $1.name }.prefix(limit))
  }

  /// As ``DeviceStore`` has it.
  public func policy() async throws(VerifierError) -> Policy { contents.withLock { $0.policy } }

  /// As ``DeviceStore`` has it.
  public func updatePolicy(_ changes: [Policy.Setting: Int64]) async throws(VerifierError) -> Policy {
    try contents.withLock { contents throws(VerifierError) in
      var policy = contents.policy
      for (setting, value) in changes { try policy.set(setting, to: value) }
      contents.policy = policy
      return policy
    }
  }

  /// As ``DeviceStore`` has it.
  public func dataKeys() async throws(VerifierError) -> [SealedDataKey] { contents.withLock { $0.dataKeys } }

  /// As ``DeviceStore`` has it.
  public func addFirstDataKey(_ key: SealedDataKey) async throws(VerifierError) -> [SealedDataKey] {
    contents.withLock { contents in
      if contents.dataKeys.isEmpty { contents.dataKeys = [key] }
      return contents.dataKeys
    }
  }
}

extension InMemoryDeviceStore.Contents {
  fileprivate func state(of unit: TransactionUnit) -> UnitState {
    let name: UserName? =
      switch unit {
      case .user(let name): name
      case .owner(let reference): devices.values.first(where: reference.names)?.user
      }
    guard let name else { return UnitState(policy: policy, account: account) }
    let owned = devices.values.filter { $0.user == name }
      .sorted { ($0.createdAt, $0.serial) < ($1.createdAt, $1.serial) }
    return UnitState(policy: policy, account: account, user: users[name], devices: owned)
  }

  fileprivate mutating func apply(_ changes: UnitChanges) throws(VerifierError) {
    for device in changes.inserted where devices.values.contains(where: { $0.serial == device.serial }) {
      throw .serialTaken(device.serial)
    }
    if let user = changes.user { users[user.name] = user }
    for device in changes.inserted + changes.updated { devices[device.id] = device }
    for id in changes.deleted { devices[id] = nil }
    if let name = changes.deletedUser { users[name] = nil }
  }
}
