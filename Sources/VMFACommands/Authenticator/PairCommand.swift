internal import ArgumentParser
internal import Interchange
internal import OATH

/// `vmfa pair`.
struct PairCommand: OneThreadCommand {
  static let configuration = CommandConfiguration(
    commandName: "pair",
    abstract: "Print two consecutive codes, one a line: what enabling a device asks for.",
    discussion: "The previous and the current code, so that there is nothing to wait for; see --next.")

  @OptionGroup var account: AccountArgument
  @OptionGroup var moment: MomentOptions

  @Flag(help: "The current code and the next one.")
  var next = false

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var code1, code2: String
  }

  func run() async throws {
    let found = try await account.find(using: 2), account = found.account
    let now = try moment.moment(), console = Console.current
    // A counter has no previous code that was not used: its pair is the code of it and the next.
    let first: Int64 = next || account.factor.period == nil ? 0 : -1
    let output = Output(
      code1: try account.factor.code(of: account.secret, at: now, offset: first),
      code2: try account.factor.code(of: account.secret, at: now, offset: first + 1))
    if json {
      try console.printJSON(output)
    } else {
      try console.print(lines: [output.code1, output.code2])
    }
    if !moment.isGiven { PrintedSteps(console: console).note(found, at: now, offset: first + 1) }
  }
}
