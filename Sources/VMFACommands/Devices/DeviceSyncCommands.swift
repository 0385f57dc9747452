internal import ArgumentParser
internal import Verifier

/// `vmfa device enable`.
struct DeviceEnableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Enable a device, by two consecutive codes of it.",
    discussion:
      "The second half of enrolling. The device's clock may be ten steps off, which is then taken into account.")

  @OptionGroup var device: DeviceArgument
  @OptionGroup var codes: PairArguments
  @OptionGroup var options: VerifierOptions
  @OptionGroup var moment: MomentOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    let verdict = try await codes.use(for: device.reference, options, isDrill: moment.isGiven) { verifier, pair in
      try await verifier.enable(device.reference, with: pair, at: moment.moment())
    }
    let status = try Console.current.answer(verdict, json: json)
    if status != .done { throw Ending(status) }
  }
}

/// `vmfa device resync`.
struct DeviceResyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resync",
    abstract: "Set the place in time of an enabled device again, by two consecutive codes of it.",
    discussion: "With an administrator's reach: the device's clock may be a day off.")

  @OptionGroup var device: DeviceArgument
  @OptionGroup var codes: PairArguments
  @OptionGroup var options: VerifierOptions
  @OptionGroup var moment: MomentOptions

  @Flag(help: "Lower the highest step ever accepted, where a wrong clock carried it ahead; codes between work again.")
  var resetWatermark = false

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    let verdict = try await codes.use(for: device.reference, options, isDrill: moment.isGiven) { verifier, pair in
      try await verifier.resync(
        device.reference, with: pair, within: .administrative, resettingWatermark: resetWatermark, at: moment.moment())
    }
    let status = try Console.current.answer(verdict, json: json)
    if status != .done { throw Ending(status) }
  }
}
