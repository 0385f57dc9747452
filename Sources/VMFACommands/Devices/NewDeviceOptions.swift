internal import ArgumentParser
internal import Enrollment
internal import OATH
internal import Verifier

/// What a new device is to be, and how its QR code is drawn: shared by `enroll` and `device create`.
struct NewDeviceOptions: ParsableArguments {
  @Argument(help: "For whom; a user that is missing is made.")
  var user: String

  @Option(help: "Name of the device. (default: the user's name where it can be one, numbered if it is taken)")
  var name: String?

  @Option(help: "Issuer, as the authenticator shows it.")
  var issuer = "vmfa"

  @Option(help: "The hash: SHA1, SHA256 or SHA512. Most apps know SHA1 only. (default: SHA1)")
  var algorithm: AlgorithmArgument?

  @Option(help: "Digits of a code: 6, 7 or 8. (default: 6)")
  var digits: DigitsArgument?

  @Option(help: "Seconds in a step, 1 to 3600. (default: 30)")
  var period: PeriodArgument?

  @OptionGroup var drawing: DrawingOptions
  @OptionGroup var verifierOptions: VerifierOptions

  func request() throws -> DeviceRequest {
    try SecretOptions.refuseURI(as: user, "the name of a user")
    try SecretOptions.refuseURI(as: issuer, "an issuer")
    return DeviceRequest(
      user: try UserName(user), name: try name.map { (name) throws(VerifierError) in try DeviceName(name) },
      issuer: issuer,
      parameters: try totpParameters(algorithm: algorithm, digits: digits, period: period))
  }
}
