public import ArgumentParser
internal import OATH
internal import OpenSSLCrypto
public import Verifier

/// `vmfa device list`.
struct DeviceListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List devices, by serial.")

  @Option(help: "Only devices of this user.")
  var user: String?

  @Option(help: "Only devices of this status: unassigned, active or disabled.")
  var status: Device.Status?

  @OptionGroup var page: PageOptions
  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON array.")
  var json = false

  func run() async throws {
    let query = DeviceQuery(
      user: try user.map { (name) throws(VerifierError) in try UserName(name) },
      status: status, after: page.after, limit: page.limit)
    let found = try await options.session().store.devices(query)
    if json {
      try Console.current.printJSON(found.items.map(DeviceOutput.init))
    } else {
      try Console.current.printTable(
        ["SERIAL", "USER", "STATUS", "LAST USED"],
        found.items.map { [$0.serial.text, $0.user.text, $0.status.rawValue, $0.lastUsedAt?.text ?? "never"] })
    }
    try page.end(found)
  }
}

extension Device.Status: ExpressibleByArgument {}

/// `vmfa device show`.
struct DeviceShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a device; never its seed.")

  @OptionGroup var device: DeviceArgument
  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    try Console.current.printDevice(await options.verifier().device(device.reference), json: json)
  }
}

/// A device as JSON: everything but the seed.
struct DeviceOutput: Encodable {
  var id, serial, user, status, issuer, type, algorithm: String
  var digits: Int
  var period, drift, syncDrift: Int64
  var lastStep: Int64?
  var syncFailures: Int
  var createdAt: String
  var enabledAt, lastUsedAt: String?

  init(_ device: Device) {
    id = device.id.text
    serial = device.serial.text
    user = device.user.text
    status = device.status.rawValue
    issuer = device.issuer
    type = device.movingFactor == .time ? "totp" : "hotp"
    algorithm = device.parameters.algorithm.rawValue
    digits = device.parameters.digits.rawValue
    period = device.parameters.period
    drift = device.drift
    syncDrift = device.syncDrift
    lastStep = device.lastStep
    syncFailures = device.syncFailures
    createdAt = device.createdAt.text
    enabledAt = device.enabledAt?.text
    lastUsedAt = device.lastUsedAt?.text
  }
}

extension Console {
  /// Prints one device.
  func printDevice(_ device: Device, json: Bool) throws {
    let output = DeviceOutput(device)
    if json { return try printJSON(output) }
    try printFields([
      ("serial", output.serial), ("id", output.id), ("user", output.user), ("status", output.status),
      ("issuer", output.issuer), ("codes", codes(output)), ("drift", "\(output.drift) steps"),
      ("last step", output.lastStep.map { String($0) } ?? "none"),
      ("refused syncs", String(output.syncFailures)), ("created", output.createdAt),
      ("enabled", output.enabledAt ?? "never"), ("last used", output.lastUsedAt ?? "never"),
    ])
  }

  private func codes(_ device: DeviceOutput) -> String {
    let factor = device.type == "totp" ? "\(device.period) s" : "by counter"
    return "\(device.algorithm), \(device.digits) digits, \(factor)"
  }
}
