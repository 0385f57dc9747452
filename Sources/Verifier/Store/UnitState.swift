/// What one transaction sees and may change: a user with their throttle and devices, under the policy of the moment.
public struct UnitState: Sendable, Equatable {
  /// As it stands while the transaction runs.
  public let policy: Policy
  /// Whose serials the devices carry.
  public let account: AccountID
  /// nil where there is no such user yet.
  public package(set) var user: User?
  /// All devices of the user, oldest first.
  public package(set) var devices: [Device]
  /// What happened, for the audit rows.
  package var events: [AuditEvent] = []
  /// The audit rows themselves; written with everything else or not at all.
  package var records: [AuditRecord] = []

  package init(policy: Policy, account: AccountID, user: User? = nil, devices: [Device] = []) {
    self.policy = policy
    self.account = account
    self.user = user
    self.devices = devices
  }

  /// The place of the device that is meant.
  package func index(of reference: DeviceReference) throws(VerifierError) -> Int {
    guard let index = devices.firstIndex(where: reference.names) else { throw .noSuchDevice(reference.text) }
    return index
  }

  /// The place of the device that is meant, which has to be this user's, if one is named.
  package func index(of reference: DeviceReference, of user: UserName?) throws(VerifierError) -> Int {
    let index = try index(of: reference)
    if let user, devices[index].user != user { throw .notDevice(devices[index].serial, of: user) }
    return index
  }

  /// What a store has to write to come from `old` to this state.
  package func changes(since old: UnitState) -> UnitChanges {
    let before = Dictionary(old.devices.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    let kept = Set(devices.map(\.id))
    let moved = devices.compactMap { device in
      before[device.id].flatMap { $0.user == device.user ? nil : DeviceMove(device: device, from: $0.user) }
    }
    return UnitChanges(
      user: user == old.user ? nil : user, userIsNew: old.user == nil,
      deletedUser: user == nil ? old.user?.name : nil,
      inserted: devices.filter { before[$0.id] == nil },
      updated: devices.filter { device in before[device.id].map { $0 != device && $0.user == device.user } ?? false },
      moved: moved, deleted: old.devices.filter { !kept.contains($0.id) }, records: records)
  }
}

/// The rows that a transaction changed.
package struct UnitChanges: Sendable {
  /// nil where the user is as before.
  package let user: User?
  package let userIsNew: Bool
  /// Their devices are among ``deleted``.
  package let deletedUser: UserName?
  package let inserted: [Device]
  package let updated: [Device]
  package let moved: [DeviceMove]
  package let deleted: [Device]
  package let records: [AuditRecord]
}

/// A device, as it is to be, that was meant for somebody else.
package struct DeviceMove: Sendable {
  package let device: Device
  package let from: UserName
}

/// What a transaction on the keys sees and may change.
public struct KeyState: Sendable {
  /// Oldest first.
  package var keys: [StoredKey]
  /// The audit rows that tell of the change.
  package var records: [AuditRecord] = []

  package init(keys: [StoredKey]) { self.keys = keys }
}
