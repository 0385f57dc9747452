public import OATH
internal import Synchronization

/// A store that lasts as long as the program: for tests, and for trying the verifier out.
public final class InMemoryDeviceStore: DeviceStore {
  fileprivate struct Contents {
    var account: AccountID
    var rules = VerificationRules.standard
    var users: [UserName: User] = [:]
    var devices: [DeviceID: Device] = [:]
    var keys: [StoredKey] = []
    var records: [AuditRecord] = []
    var batches: [AuditBatch] = []
  }

  private let contents: Mutex<Contents>

  /// An empty one with an account id of its own.
  public init() throws(VerifierError) {
    contents = Mutex(Contents(account: try .random()))
  }

  public func transaction(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> Void
  ) async throws(VerifierError) {
    try change(unit, body)
  }

  /// The account id of the moment.
  package var account: AccountID { contents.withLock { $0.account } }

  /// Runs a transaction. What is kept beside the devices can be changed in it: `committed` gets the changes before anybody
  /// else sees them.
  /// - Parameter refusingLikeNames: whether a new user may have no name that is another's but for the case of ASCII letters.
  package func change<R>(
    _ unit: TransactionUnit, refusingLikeNames: Bool = false,
    _ body: (inout UnitState) throws(VerifierError) -> R, committed: (UnitChanges) -> Void = { _ in }
  ) throws(VerifierError) -> R {
    try contents.withLock { contents throws(VerifierError) in
      let before = contents.state(of: unit)
      var after = before
      let result = try body(&after)
      if refusingLikeNames, before.user == nil, let user = after.user {
        let like = contents.users.keys.first { $0.text.lowercased() == user.name.text.lowercased() }
        if let like { throw .userExists(like) }
      }
      let changes = after.changes(since: before)
      try contents.apply(changes)
      committed(changes)
      return result
    }
  }

  /// Appends the audit rows that `body` makes, and takes the account id that it gives.
  package func append<R>(
    _ body: () throws(VerifierError) -> (R, [AuditRecord], AccountID)
  ) throws(VerifierError) -> R {
    try contents.withLock { contents throws(VerifierError) in
      let (result, records, account) = try body()
      contents.records += records
      contents.account = account
      return result
    }
  }

  public func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState {
    contents.withLock { $0.state(of: unit) }
  }

  public func devices(_ query: DeviceQuery) async throws(VerifierError) -> Listing<Device> {
    let all = contents.withLock { Array($0.devices.values) }
    let found = all.filter { device in
      query.user.map { $0 == device.user } ?? true && query.status.map { $0 == device.status } ?? true
        && query.isAssigned.map { $0 == device.isAssigned } ?? true
        && query.after.map { Serial(stored: $0) < device.serial } ?? true
        && query.notUnderKey.map { $0 != device.seed.keyID } ?? true
    }
    return Listing(found.sorted { $0.serial < $1.serial }, limit: query.limit) { $0.serial.text }
  }

  public func users(after name: String?, limit: Int) async throws(VerifierError) -> Listing<User> {
    let all = contents.withLock { Array($0.users.values) }
    let found = all.filter { user in name?.utf8.lexicographicallyPrecedes(user.name.text.utf8) ?? true }
    return Listing(found.sorted { $0.name < $1.name }, limit: limit) { $0.name.text }
  }

  public func rules() async throws(VerifierError) -> VerificationRules { contents.withLock { $0.rules } }

  public func updateRules(
    _ changes: [VerificationRules.Setting: Int64], records: [AuditRecord]
  ) async throws(VerifierError) -> VerificationRules {
    try contents.withLock { contents throws(VerifierError) in
      var rules = contents.rules
      for (setting, value) in changes { try rules.set(setting, to: value) }
      contents.rules = rules
      contents.records += records
      return rules
    }
  }

  public func keys() async throws(VerifierError) -> [StoredKey] { contents.withLock { $0.keys } }

  public func changeKeys<R: Sendable>(
    _ body: @escaping @Sendable (inout KeyState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try contents.withLock { contents throws(VerifierError) in
      var state = KeyState(keys: contents.keys)
      let result = try body(&state)
      let kept = Set(state.keys.map(\.id))
      if let used = contents.devices.values.first(where: { !kept.contains($0.seed.keyID) }) {
        throw .keyInUse(used.seed.keyID)
      }
      contents.keys = state.keys
      contents.records += state.records
      return result
    }
  }

  public func seedCounts() async throws(VerifierError) -> [String: Int] {
    contents.withLock { contents in
      contents.devices.values.reduce(into: [:]) { $0[$1.seed.keyID, default: 0] += 1 }
    }
  }

  public func lockCounts(at now: UnixTime) async throws(VerifierError) -> (users: Int, devices: Int) {
    contents.withLock { contents in
      let users = contents.users.values.count { user in
        switch user.lock {
        case .none: false
        case .until(let end): end > now
        case .untilUnlocked: true
        }
      }
      return (users, contents.devices.values.count { $0.status == .disabled })
    }
  }

  public func append(_ records: [AuditRecord]) async throws(VerifierError) {
    contents.withLock { $0.records += records }
  }

  /// Nothing prevents it.
  public func checkWriting() async throws(VerifierError) {}

  public func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord] {
    let all = contents.withLock { $0.records }.sorted { query.order.puts($0, before: $1) }
    return Array(all.filter(query.includes).prefix(query.limit))
  }

  public func auditRecords(inBatch number: Int64) async throws(VerifierError) -> [AuditRecord] {
    contents.withLock { $0.records }.filter { $0.batch == number }.sorted { $0.id < $1.id }
  }

  public func auditBatches(after number: Int64?, limit: Int) async throws(VerifierError) -> [AuditBatch] {
    Array(contents.withLock { $0.batches }.filter { $0.number > number ?? Int64.min }.prefix(limit))
  }

  public func sealAudit(
    _ make: @escaping AuditSealing
  ) async throws(VerifierError) -> (newest: AuditBatch?, made: Bool) {
    try contents.withLock { contents throws(VerifierError) in
      let open = contents.records.filter { $0.batch == nil }.sorted { $0.id < $1.id }
      guard let batch = try make(contents.batches.last, Array(open.prefix(AuditBatch.maximumRowCount))) else {
        return (contents.batches.last, false)
      }
      contents.batches.append(batch)
      let sealed = Set(batch.ids)
      contents.records = contents.records.map { sealed.contains($0.id) ? $0.sealed(in: batch.number) : $0 }
      return (batch, true)
    }
  }

  /// Memory is not looked at.
  public func checkIntegrity() async throws(VerifierError) -> [String] { [] }

  /// Nothing is held that would have to be given back; it can be used on.
  public func close() async {}
}

extension InMemoryDeviceStore.Contents {
  fileprivate func state(of unit: TransactionUnit) -> UnitState {
    let name: UserName? =
      switch unit {
      case .user(let name): name
      case .owner(let reference): devices.values.first(where: reference.names)?.user
      case .enrolment(_, let name): name
      }
    guard let name else { return UnitState(rules: rules, account: account) }
    let owned = devices.values.filter { device in
      if case .enrolment(let reference, _) = unit, reference.names(device) { return true }
      return device.user == name
    }
    .sorted(by: Device.isOlder(_:than:))
    return UnitState(rules: rules, account: account, user: users[name], devices: owned)
  }

  fileprivate mutating func apply(_ changes: UnitChanges) throws(VerifierError) {
    for device in changes.inserted where devices.values.contains(where: { $0.serial == device.serial }) {
      throw .serialTaken(device.serial)
    }
    let moved = changes.moved.map(\.device)
    for device in changes.inserted + changes.updated + changes.used + moved
    where !keys.contains(where: { $0.id == device.seed.keyID }) {
      throw .unknownKey(device.seed.keyID)
    }
    if let user = changes.user { users[user.name] = user }
    for device in changes.inserted + changes.updated + changes.used + moved { devices[device.id] = device }
    for device in changes.deleted { devices[device.id] = nil }
    if let name = changes.deletedUser { users[name] = nil }
    records += changes.records
  }
}

extension AuditQuery {
  fileprivate func includes(_ row: AuditRecord) -> Bool {
    let isBehind =
      switch order {
      case .recording: after.map { row.id > $0 } ?? true
      case .newestFirst: after.map { row.id < $0 } ?? true
      case .chain: behind.map { order.puts($0, before: row) } ?? true
      }
    let isMeant = id.map { row.id == $0 } ?? true && (order != .chain || row.batch != nil)
    let isInTime = since.map { row.event.time >= $0 } ?? true && until.map { row.event.time < $0 } ?? true
    let isAbout = user.map { row.event.user == $0.text } ?? true && device.map { row.event.device == $0 } ?? true
    return isBehind && isMeant && isInTime && isAbout && name.map { row.event.name == $0 } ?? true
      && (!unsealedOnly || row.batch == nil)
      && outsideBatches.map { newest in row.batch.map { $0 > newest || $0 < 1 } ?? false } ?? true
  }
}

extension AuditQuery.Order {
  fileprivate func puts(_ row: AuditRecord, before other: AuditRecord) -> Bool {
    switch self {
    case .recording: row.id < other.id
    case .newestFirst: row.id > other.id
    case .chain: (row.batch ?? 0, row.id) < (other.batch ?? 0, other.id)
    }
  }
}

extension AuditRecord {
  fileprivate func sealed(in batch: Int64) -> AuditRecord {
    AuditRecord(id: id, event: event, context: context, keyID: keyID, tag: tag, batch: batch)
  }
}
