internal import ArgumentParser
internal import Interchange
internal import OATH

/// `vmfa code`.
struct CodeCommand: OneThreadCommand {
  static let configuration = CommandConfiguration(
    commandName: "code",
    abstract: "Print the current code and a newline, nothing else.",
    discussion: "Made for $(vmfa code NAME). A secret is never an argument, since others can read those.")

  @OptionGroup var account: AccountArgument
  @OptionGroup var moment: MomentOptions

  @Flag(help: "Wait for the next code if this one was printed already: services take each once.")
  var fresh = false

  @Flag(help: "Copy the code to the clipboard instead of printing it.")
  var copy = false

  @Flag(help: "Add the seconds that the code is still good for, after a tab.")
  var remaining = false

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var code: String
    var remaining: Int64?
    var counter: UInt64?
  }

  mutating func validate() throws {
    if fresh, moment.isGiven { throw ValidationError("--fresh waits for the clock, and --at is none") }
    if copy, json || remaining { throw ValidationError("--copy prints nothing: --json and --remaining do") }
  }

  func run() async throws {
    let console = Console.current
    let found = try await account.find(using: 1, wantsTime: remaining)
    let printed = PrintedSteps(console: console), factor = found.account.factor
    let now = fresh ? try await printed.takeFreshStep(of: found) : try moment.moment()
    var output = Output(
      code: try factor.code(of: found.account.secret, at: now), remaining: factor.secondsRemaining(at: now))
    if case .hotp(_, _, let counter) = factor {
      guard !remaining else { throw CommandError(.usage, "--remaining has no meaning for a counter") }
      output.counter = counter
    }
    try await AllOrNothing.run {
      try await show(output, on: console)
    } undo: {
      if fresh { printed.giveBack(found, at: now) }
    }
    if !moment.isGiven { printed.note(found, at: now) }
  }

  private func show(_ output: Output, on console: Console) async throws {
    if copy {
      try await Clipboard.copy(output.code, console)
    } else if json {
      try console.printJSON(output)
    } else if remaining, let seconds = output.remaining {
      try console.print("\(output.code)\t\(seconds)")
    } else {
      try console.print(output.code)
    }
  }
}
