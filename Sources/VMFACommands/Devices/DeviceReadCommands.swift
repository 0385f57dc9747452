public import ArgumentParser
internal import OATH
internal import OpenSSLCrypto
public import Verifier

/// A page of a list.
struct PageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("At most so many, 1 to 10000.", valueName: "count"))
  var limit = 100

  @Option(help: ArgumentHelp("Go on after this one.", valueName: "last"))
  var after: String?

  mutating func validate() throws {
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000") }
  }

  /// The page out of `found`, which was asked for one item more than the page has.
  func page<T>(_ found: [T], last: (T) -> String) -> [T] {
    guard found.count > limit else { return found }
    Console.current.note("there are more: --after '\(last(found[limit - 1]))' goes on")
    return Array(found.prefix(limit))
  }
}

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
      status: status, after: page.after.map(Serial.init(stored:)), limit: page.limit + 1)
    let devices = page.page(try await options.session().store.devices(query)) { $0.serial.text }
    if json { return try Console.current.printJSON(devices.map(DeviceOutput.init)) }
    try Console.current.printTable(
      ["SERIAL", "USER", "STATUS", "LAST USED"],
      devices.map { [$0.serial.text, $0.user.text, $0.status.rawValue, $0.lastUsedAt?.text ?? "never"] })
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
