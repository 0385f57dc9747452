internal import Verifier

/// A unit as it was read.
package struct StoredUnit: Sendable {
  let state: UnitState
  private let devices: [StoredDevice]

  init(_ rules: VerificationRules, _ account: AccountID, user: User?, _ devices: [StoredDevice]) {
    state = UnitState(rules: rules, account: account, user: user, devices: devices.map(\.device))
    self.devices = devices
  }

  func update(_ device: Device) throws(VerifierError) -> [SQLStatement] {
    [
      SQLStatement(UnitSQL.updateDevice, device.changingValues + [.text(device.user.text), .text(device.id.text)]),
      try use(device),
    ]
  }

  func use(_ device: Device) throws(VerifierError) -> SQLStatement {
    var arguments = SQLRows(columnCount: Device.usedColumns.count + 2)
    device.appendUse(to: &arguments)
    arguments.append(device.user.text)
    arguments.append(try number(of: device))
    return SQLStatement(UnitSQL.useDevice, arguments[0])
  }

  func deletion(of device: Device) throws(VerifierError) -> [SQLStatement] {
    let user = SQLValue.text(device.user.text)
    return [
      SQLStatement("DELETE FROM vmfa_device WHERE user_name = $1 AND id = $2", [user, .text(device.id.text)]),
      SQLStatement(
        "DELETE FROM vmfa_device_use WHERE user_name = $1 AND number = $2", [user, .integer(try number(of: device))]),
      SQLStatement("DELETE FROM vmfa_serial WHERE serial = $1", [.text(device.serial.text)]),
    ]
  }

  func moving(_ move: DeviceMove) throws(VerifierError) -> [SQLStatement] {
    let to = SQLValue.text(move.device.user.text), from = SQLValue.text(move.from.text)
    return [
      SQLStatement(
        "UPDATE vmfa_device SET user_name = $1 WHERE user_name = $2 AND id = $3",
        [to, from, .text(move.device.id.text)]),
      SQLStatement(
        "UPDATE vmfa_device_use SET user_name = $1 WHERE user_name = $2 AND number = $3",
        [to, from, .integer(try number(of: move.device))]),
      SQLStatement("UPDATE vmfa_serial SET user_name = $1 WHERE serial = $2", [to, .text(move.device.serial.text)]),
    ] + (try update(move.device))
  }

  private func number(of device: Device) throws(VerifierError) -> Int64 {
    guard let stored = devices.first(where: { $0.device.id == device.id }) else {
      throw .corruptRecord("the device \(device.serial), which was not read")
    }
    return stored.number
  }
}

/// A device, and the number that its two rows have.
package struct StoredDevice: Sendable {
  let device: Device
  let number: Int64
}
