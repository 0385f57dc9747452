public import OATH
internal import Synchronization
public import Verifier

/// A store of users, devices and settings that lasts as long as the program: for tests, and for trying the service out.
public final class InMemoryStore: DirectoryStore {
  private struct Contents {
    var records: [UserName: UserRecord] = [:]
    var settings: AccountSettings
    var report: CredentialReport?
  }

  private let devices: InMemoryDeviceStore
  /// Locked inside of the lock on `devices`, never around it.
  private let contents: Mutex<Contents>

  /// An empty store with an account id of its own.
  public init() throws(VerifierError) {
    devices = try InMemoryDeviceStore()
    contents = Mutex(Contents(settings: AccountSettings(id: devices.account)))
  }

  // MARK: Users

  public func transaction(
    _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> Void
  ) async throws(VerifierError) {
    try devices.change(unit, body, committed: follow)
  }

  public func transaction<R: Sendable>(
    withRecordOf user: UserName,
    _ body: @escaping @Sendable (inout UnitState, inout UserRecord) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    var record = UserRecord()
    return try devices.change(.user(user), refusingLikeNames: true) { state throws(VerifierError) -> R in
      record = contents.withLock { $0.records[user] } ?? UserRecord()
      return try body(&state, &record)
    } committed: { changes in
      follow(changes)
      if changes.deletedUser == nil { contents.withLock { $0.records[user] = record } }
    }
  }

  /// Takes along what belongs to a user who was deleted, or to a device that went to another user.
  private func follow(_ changes: UnitChanges) {
    contents.withLock { contents in
      for device in changes.deleted { contents.records[device.user]?.deviceTags[device.serial.text] = nil }
      for move in changes.moved {
        let serial = move.device.serial.text
        let tags = contents.records[move.from]?.deviceTags.removeValue(forKey: serial)
        contents.records[move.device.user, default: UserRecord()].deviceTags[serial] = tags
      }
      if let user = changes.deletedUser { contents.records[user] = nil }
    }
  }

  public func iamUser(named user: UserName) async throws(VerifierError) -> IAMUser? {
    let state = try await devices.state(of: .user(user))
    guard let found = state.user else { return nil }
    let (record, account) = contents.withLock { ($0.records[user] ?? UserRecord(), $0.settings.id) }
    return IAMUser(accountID: account, user: found, devices: state.devices, record: record)
  }

  public func iamUsers(named users: [UserName]) async throws(VerifierError) -> Listing<IAMUser> {
    var found: [IAMUser] = []
    for user in users { if let iamUser = try await iamUser(named: user) { found.append(iamUser) } }
    return Listing(items: found)
  }

  public func iamUser(withAccessKey id: String) async throws(VerifierError) -> IAMUser? {
    let owner = contents.withLock { $0.records.first { $0.value.accessKeys.contains { $0.id == id } }?.key }
    guard let owner else { return nil }
    return try await iamUser(named: owner)
  }

  public func iamUsers(
    after name: String?, pathPrefix: String, limit: Int
  ) async throws(VerifierError) -> Listing<IAMUser> {
    let names = try await devices.users(after: name, limit: .max).items.map(\.name).filter { $0 != .root }
    let found = try await iamUsers(named: names).items.filter { $0.record.path.hasPrefix(pathPrefix) }
    return Listing(found, limit: limit) { $0.user.name.text }
  }

  public func counts(at now: UnixTime) async throws(VerifierError) -> DirectoryCounts {
    let all = try await iamUsers(after: nil, pathPrefix: "/", limit: .max).items
    let devices = try await devices.devices(DeviceQuery(limit: .max)).items
    let keys = all.flatMap(\.record.accessKeys).filter(\.isActive)
    var counts = DirectoryCounts()
    counts.users = all.count
    counts.devices = devices.count
    counts.devicesInUse = devices.count { $0.isAssigned }
    counts.usersWithMFA = all.count { $0.hasMFADevice }
    counts.accessKeys = keys.count
    counts.oldAccessKeys = keys.count { $0.isOld(at: now) }
    return counts
  }

  // MARK: The account

  public func tokens() async throws(VerifierError) -> Listing<APIToken> {
    Listing(items: contents.withLock { $0.settings.tokens })
  }

  public func settings() async throws(VerifierError) -> AccountSettings { contents.withLock { $0.settings } }

  public func changeSettings<R: Sendable>(
    _ body: @escaping @Sendable (inout AccountSettings, inout [AuditRecord]) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try devices.append { () throws(VerifierError) in
      try contents.withLock { contents throws(VerifierError) in
        var settings = contents.settings, records: [AuditRecord] = []
        let result = try body(&settings, &records)
        contents.settings = settings
        return (result, records, settings.id)
      }
    }
  }

  public func credentialReport() async throws(VerifierError) -> CredentialReport? { contents.withLock { $0.report } }

  public func keep(_ report: CredentialReport, records: [AuditRecord]) async throws(VerifierError) {
    contents.withLock { $0.report = report }
    try await devices.append(records)
  }

  // MARK: What the devices' store does

  public func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState {
    try await devices.state(of: unit)
  }

  public func devices(_ query: DeviceQuery) async throws(VerifierError) -> Listing<Device> {
    try await devices.devices(query)
  }

  public func users(after name: String?, limit: Int) async throws(VerifierError) -> Listing<User> {
    try await devices.users(after: name, limit: limit)
  }

  public func rules() async throws(VerifierError) -> VerificationRules { try await devices.rules() }

  public func updateRules(
    _ changes: [VerificationRules.Setting: Int64], records: [AuditRecord]
  ) async throws(VerifierError) -> VerificationRules {
    try await devices.updateRules(changes, records: records)
  }

  public func keys() async throws(VerifierError) -> [StoredKey] { try await devices.keys() }

  public func changeKeys<R: Sendable>(
    _ body: @escaping @Sendable (inout KeyState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await devices.changeKeys(body)
  }

  public func seedCounts() async throws(VerifierError) -> [String: Int] { try await devices.seedCounts() }

  public func lockCounts(at now: UnixTime) async throws(VerifierError) -> (users: Int, devices: Int) {
    try await devices.lockCounts(at: now)
  }

  public func append(_ records: [AuditRecord]) async throws(VerifierError) { try await devices.append(records) }

  public func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord] {
    try await devices.auditRecords(query)
  }

  public func auditRecords(inBatch number: Int64) async throws(VerifierError) -> [AuditRecord] {
    try await devices.auditRecords(inBatch: number)
  }

  public func auditBatches(after number: Int64?, limit: Int) async throws(VerifierError) -> [AuditBatch] {
    try await devices.auditBatches(after: number, limit: limit)
  }

  public func sealAudit(
    _ make: @escaping AuditSealing
  ) async throws(VerifierError) -> (newest: AuditBatch?, made: Bool) {
    try await devices.sealAudit(make)
  }

  public func checkWriting() async throws(VerifierError) { try await devices.checkWriting() }

  public func checkIntegrity() async throws(VerifierError) -> [String] { try await devices.checkIntegrity() }

  public func close() async { await devices.close() }
}
