internal import ArgumentParser
internal import OATH

/// `vmfa code`.
struct CodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "code",
    abstract: "Print the current code and a newline, nothing else.",
    discussion: "Made for $(vmfa code - < secret). The secret is never an argument, since others can read those.")

  @OptionGroup var account: AccountArgument
  @OptionGroup var secret: SecretOptions
  @OptionGroup var moment: MomentOptions

  @Flag(help: "Add the seconds that the code is still good for, after a tab.")
  var remaining = false

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var code: String
    var remaining: Int64?
    var counter: UInt64?
  }

  func run() async throws {
    try account.requireStandardInput()
    let uri = try secret.readInput()
    let output: Output
    switch uri.factor {
    case .totp(let parameters):
      let now = try moment.moment()
      var totp = try TOTP(secret: uri.secret, parameters: parameters)
      guard let code = try totp.code(at: now) else { throw CommandError(.data, "there are no codes before t0") }
      output = Output(code: code.digits, remaining: parameters.secondsRemaining(at: now))
    case .hotp(let algorithm, let digits, let counter):
      guard !remaining else { throw CommandError(.usage, "--remaining has no meaning for a counter") }
      var hotp = try HOTP(secret: uri.secret, algorithm: algorithm, digits: digits)
      output = Output(code: try hotp.code(counter: counter).digits, counter: counter)
    }
    if json {
      try Console.current.printJSON(output)
    } else if remaining, let seconds = output.remaining {
      try Console.current.print("\(output.code)\t\(seconds)")
    } else {
      try Console.current.print(output.code)
    }
  }
}
