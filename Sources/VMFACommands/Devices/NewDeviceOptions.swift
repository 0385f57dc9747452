internal import ArgumentParser
internal import Enrollment
internal import OATH
internal import QRCode
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

  @Option(help: "How the QR code is drawn: utf8, ansi, ascii, or none. (default: what the terminal can show)")
  var qrMode: QRMode?

  @Flag(help: "Swap dark and light in the drawing, where the terminal shows it the wrong way round.")
  var invert = false

  @OptionGroup var verifierOptions: VerifierOptions

  enum QRMode: String, ExpressibleByArgument, CaseIterable {
    case utf8, ansi, ascii, none
  }

  func request() throws -> DeviceRequest {
    DeviceRequest(
      user: try UserName(user), name: try name.map { (name) throws(VerifierError) in try DeviceName(name) },
      issuer: issuer,
      parameters: try totpParameters(algorithm: algorithm, digits: digits, period: period))
  }

  /// How to draw; nil where nothing is to be drawn.
  func drawing(_ console: Console) -> TerminalDrawing? {
    let isPlain = console.variable("NO_COLOR") != nil || console.variable("TERM") == "dumb"
    let mode: TerminalDrawing.Mode
    switch qrMode {
    case .some(.none): return nil
    case .utf8: mode = .utf8
    case .ansi: mode = .ansi
    case .ascii: mode = .ascii
    case nil: mode = console.isUTF8 ? .utf8 : isPlain ? .ascii : .ansi
    }
    return TerminalDrawing(mode: mode, forcesColours: !isPlain, inverted: invert)
  }
}

extension Console {
  /// Whether the locale's characters are UTF-8, by the variables in their order of precedence (POSIX).
  fileprivate var isUTF8: Bool {
    let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
    let name = locale.uppercased()
    return name.hasSuffix("UTF-8") || name.hasSuffix("UTF8")
  }
}

/// What to do about a terminal that the QR code does not fit.
let narrowTerminalHint = "widen the window, make its font smaller, or use --png FILE of vmfa device create"
