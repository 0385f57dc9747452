internal import ArgumentParser
internal import Verifier

/// `vmfa device deactivate`.
struct DeviceDeactivateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deactivate",
    abstract: "Take a device from its user: its codes open nothing until it is enabled again.")

  @OptionGroup var device: DeviceArgument
  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the device as a JSON object.")
  var json = false

  func run() async throws {
    let changed = try await options.verifier().deactivate(device.reference, at: Console.current.now())
    try Console.current.printChange("deactivated", changed, json: json)
  }
}

/// `vmfa device delete`.
struct DeviceDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a device and its seed for good.")

  @OptionGroup var device: DeviceArgument

  @Flag(help: "Also if it is enabled.")
  var force = false

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the device that was removed as a JSON object.")
  var json = false

  func run() async throws {
    let deleted = try await options.verifier().delete(
      device.reference, evenIfEnabled: force, at: Console.current.now())
    try Console.current.printChange("deleted", deleted, json: json)
  }
}

/// `vmfa device unlock`.
struct DeviceUnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Clear the throttle of a device's user, and the device's sync budget.")

  @OptionGroup var device: DeviceArgument
  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the device as a JSON object.")
  var json = false

  func run() async throws {
    let changed = try await options.verifier().unlock(device.reference, at: Console.current.now())
    try Console.current.printChange("unlocked", changed, json: json)
  }
}

extension Console {
  fileprivate func printChange(_ verb: String, _ device: Device, json: Bool) throws {
    if json { try printJSON(DeviceOutput(device)) } else { try print("\(verb) \(device.serial)") }
  }
}
