internal import ArgumentParser
internal import OATH

/// `vmfa pair`.
struct PairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Print two consecutive codes, one a line: what enabling a device asks for.",
    discussion: "The previous and the current code, so that there is nothing to wait for; see --next.")

  @OptionGroup var account: AccountArgument
  @OptionGroup var secret: SecretOptions
  @OptionGroup var moment: MomentOptions

  @Flag(help: "The current code and the next one.")
  var next = false

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var code1, code2: String
  }

  func run() async throws {
    try account.requireStandardInput()
    let uri = try secret.readInput()
    let pair = try codes(of: uri)
    if json {
      try Console.current.printJSON(Output(code1: pair.0.digits, code2: pair.1.digits))
    } else {
      try Console.current.print(pair.0.digits + "\n" + pair.1.digits)
    }
  }

  private func codes(of uri: borrowing OTPAuthURI) throws -> (OneTimeCode, OneTimeCode) {
    switch uri.factor {
    case .totp(let parameters):
      let first = parameters.step(at: try moment.moment()) + (next ? 0 : -1)
      var totp = try TOTP(secret: uri.secret, parameters: parameters)
      guard let one = try totp.code(step: first), let two = try totp.code(step: first + 1) else {
        throw CommandError(.data, "there are no codes before t0")
      }
      return (one, two)
    case .hotp(let algorithm, let digits, let counter):
      // A counter has no previous code that was not used: the pair is this one and the next.
      guard counter < UInt64.max else { throw CommandError(.data, "the counter is at its end") }
      var hotp = try HOTP(secret: uri.secret, algorithm: algorithm, digits: digits)
      return (try hotp.code(counter: counter), try hotp.code(counter: counter + 1))
    }
  }
}
