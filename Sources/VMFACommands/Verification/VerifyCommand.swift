internal import ArgumentParser
internal import Verifier

/// `vmfa verify`.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a code of a user, and spend it.",
    discussion: "Prints accepted (exit status 0) or rejected (1, or 75 while the user is locked).")

  @Argument(help: "Whose code it is.")
  var user: String

  @Argument(help: "The code; - reads it from standard input.")
  var code: String

  @OptionGroup var options: VerifierOptions
  @OptionGroup var moment: MomentOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    let user = try UserName(user), code = try CodeArguments.code(code)
    let verdict = try await options.verifier(isDrill: moment.isGiven).verify(code, of: user, at: moment.moment())
    let status = try Console.current.answer(verdict, json: json)
    if status != .done { throw Ending(status) }
  }
}
