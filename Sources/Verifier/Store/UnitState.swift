/// What one transaction sees and may change: a user with their throttle and devices, under the rules of the moment.
public struct UnitState: Sendable, Equatable {
  /// As it stands while the transaction runs.
  public let rules: VerificationRules
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

  package init(rules: VerificationRules, account: AccountID, user: User? = nil, devices: [Device] = []) {
    self.rules = rules
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
    // Of the few devices that a user has, nearly all are as they were.
    var inserted: [Device] = [], updated: [Device] = [], used: [Device] = [], moved: [DeviceMove] = []
    for device in devices {
      guard let before = old.devices.first(where: { $0.id == device.id }) else {
        inserted.append(device)
        continue
      }
      if before.user != device.user {
        moved.append(DeviceMove(device: device, from: before.user))
      } else if before.used(as: device) != device {
        updated.append(device)
      } else if before.isUsed(by: device) {
        used.append(device)
      }
    }
    return UnitChanges(
      user: user == old.user ? nil : user, userIsNew: old.user == nil,
      deletedUser: user == nil ? old.user?.name : nil, inserted: inserted, updated: updated, used: used, moved: moved,
      deleted: old.devices.filter { device in !devices.contains { $0.id == device.id } }, records: records)
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
  /// Of which no more has changed than what a code that is accepted changes.
  package let used: [Device]
  package let moved: [DeviceMove]
  package let deleted: [Device]
  package let records: [AuditRecord]
}

extension Device {
  /// Whether the acceptance of a code has changed anything of it on the way to the other one.
  fileprivate func isUsed(by other: Device) -> Bool {
    (lastStep, drift, lastSide, lastUsedAt) != (other.lastStep, other.drift, other.lastSide, other.lastUsedAt)
  }

  /// This device with what the acceptance of a code has made of the other one.
  fileprivate func used(as other: Device) -> Device {
    var device = self
    (device.lastStep, device.drift, device.lastSide) = (other.lastStep, other.drift, other.lastSide)
    device.lastUsedAt = other.lastUsedAt
    return device
  }
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
