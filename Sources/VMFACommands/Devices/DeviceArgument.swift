internal import ArgumentParser
internal import Verifier

/// ID of the commands on one device.
struct DeviceArgument: ParsableArguments {
  @Argument(help: "The device's id or serial.")
  var id: String

  var reference: DeviceReference { DeviceReference(id) }
}

/// CODE1 and CODE2 of the commands that sync.
struct PairArguments: ParsableArguments {
  @Argument(help: "A code of the device; - reads both codes from standard input.")
  var code1: String

  @Argument(help: "The code that it showed after that one.")
  var code2: String?

  func pair() throws -> CodePair { try CodeArguments.pair(code1, code2) }
}
