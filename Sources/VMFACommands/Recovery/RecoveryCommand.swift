internal import ArgumentParser
internal import Verifier

/// `vmfa recovery`.
struct RecoveryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recovery", abstract: "Recovery codes, for the day on which the device is gone.",
    subcommands: [RecoveryCreateCommand.self, RecoveryCountCommand.self])
}

/// `vmfa recovery create`.
struct RecoveryCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make ten recovery codes for a user and print them, this once.",
    discussion: """
      Each works once, where a code is asked for; those from before are void. A user needs an enabled device to have them.
      """)

  @Argument(help: "The user's name.")
  var user: String

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable { var user: String, recoveryCodes: [String] }

  func run() async throws {
    let name = try UserName(user), console = Console.current
    let codes = try await options.verifier().createRecoveryCodes(for: name, at: console.now())
    do { try show(codes, of: name, on: console) } catch let ending as Ending {
      console.note("the codes from before are void all the same, and nobody has the new ones: make others")
      throw ending
    } catch {
      let error = CommandError(error)
      throw CommandError(
        error.status, error.message,
        hint: "the codes from before are void all the same: make new ones once there is room")
    }
  }

  private func show(_ codes: [String], of name: UserName, on console: Console) throws {
    if json { return try console.printJSON(Output(user: name.text, recoveryCodes: codes)) }
    try console.print(lines: codes)
  }
}

/// `vmfa recovery count`.
struct RecoveryCountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count", abstract: "Print how many recovery codes a user has left.")

  @Argument(help: "The user's name.")
  var user: String

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable { var user: String, recoveryCodesLeft: Int }

  func run() async throws {
    let name = try UserName(user)
    let left = try await options.verifier().user(name).user.recovery?.remaining ?? 0
    if json { return try Console.current.printJSON(Output(user: name.text, recoveryCodesLeft: left)) }
    try Console.current.print(String(left))
  }
}
