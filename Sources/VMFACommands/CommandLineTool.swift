public import ArgumentParser
internal import Foundation
internal import OATH

/// The `vmfa` command.
public struct CommandLineTool: AsyncParsableCommand {
  /// Name, version and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "vmfa",
    abstract: "Virtual MFA devices: codes in the terminal, and a verifier that takes each once.",
    discussion: """
      Codes are those of RFC 6238 (TOTP) and RFC 4226 (HOTP), as authenticator apps and AWS use them.
      See vmfa(1) for exit statuses and files.
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Authenticator",
        subcommands: [
          AddCommand.self, CodeCommand.self, PairCommand.self, ListCommand.self, ShowCommand.self, RenameCommand.self,
          EditCommand.self, RemoveCommand.self, WatchCommand.self, ImportCommand.self, ExportCommand.self,
          VaultCommand.self, DoctorCommand.self,
        ]),
      CommandGroup(
        name: "Verifier",
        subcommands: [
          EnrollCommand.self, VerifyCommand.self, DeviceCommand.self, UserCommand.self, RecoveryCommand.self,
          RulesCommand.self,
          AuditCommand.self, KeyCommand.self, DatabaseCommand.self,
        ]),
      CommandGroup(
        name: "Login service", subcommands: [ServeCommand.self, AccountCommand.self, TokenCommand.self]),
    ])

  /// Parsed by ArgumentParser.
  public init() {}

  /// Runs the command that `arguments` ask for, waits for it, and returns its exit status. To be called from the thread that
  /// the program starts on.
  public static func runAndWait(_ arguments: [String]) -> Int32 {
    MainThread.wait(doingWork: isForOneThread(arguments)) { await run(arguments) }
  }

  static func isForOneThread(_ arguments: [String]) -> Bool {
    leaf(of: arguments).command is any OneThreadCommand.Type
  }

  /// Runs the command that `arguments` ask for, and returns its exit status.
  public static func run(_ arguments: [String]) async -> Int32 {
    let stores = OpenStores(), console = Console.current.hidingInput(arguments)
    let status = await Console.$current.withValue(console) {
      await OpenStores.$current.withValue(stores) { await perform(arguments) }
    }
    await stores.close()
    return status
  }

  private static func perform(_ arguments: [String]) async -> Int32 {
    let console = Console.current
    do {
      var command = try parse(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return ExitStatus.done.rawValue
    } catch let ending as Ending {
      return ending.status
    } catch {
      // The parser tells its own errors, and the texts that were asked for, from all others by the exit code.
      return switch exitCode(for: error) {
      case .success, .validationFailure: reportParsing(error, arguments: arguments, on: console)
      default: report(CommandError(error), on: console)
      }
    }
  }

  /// What is a command and right is read by that command's own parser, in half the time: it is made of one type, not of
  /// ninety. All else is for the whole parser, which knows what to say about it.
  static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    let (leaf, words) = leaf(of: arguments)
    if leaf != Self.self, let command = try? leaf.parseAsRoot(Array(words)), type(of: command) == leaf {
      return command
    }
    return try parseAsRoot(arguments)
  }

  /// The command that is named, and what comes after its name.
  private static func leaf(of arguments: [String]) -> (command: any ParsableCommand.Type, words: ArraySlice<String>) {
    var words = arguments[...], leaf: any ParsableCommand.Type = Self.self
    while let word = words.first, let next = leaf.subcommand(named: word) {
      leaf = next
      words.removeFirst()
    }
    return (leaf, words)
  }

  private static func report(_ error: CommandError, on console: Console) -> Int32 {
    console.say("vmfa: error: \(error.message)")
    if let hint = error.hint { console.say("vmfa: hint: \(hint)") }
    return error.status.rawValue
  }

  /// Help and version are results; everything else is a wrong command line.
  private static func reportParsing(_ error: any Error, arguments: [String], on console: Console) -> Int32 {
    guard exitCode(for: error) != .success else {
      do {
        try console.print(CompletionScript.offeringNamesAsText(fullMessage(for: error)))
        return ExitStatus.done.rawValue
      } catch { return report(CommandError(error), on: console) }
    }
    if let malformed = malformedCode(in: arguments) { return report(malformed, on: console) }
    // The message's first line; the rest is usage, which the help shows better.
    let message = Self.message(for: error)
    let text = withoutStrangeWords(message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message)
    let path = arguments.prefix { !$0.hasPrefix("-") }.prefix(2).filter(isCommand).joined(separator: " ")
    return report(
      CommandError(.usage, text, hint: "vmfa \(path.isEmpty ? "" : path + " ")--help shows how it is used"), on: console
    )
  }

  /// Names an unexpected argument only where it can be a mistyped command: anything else may be a secret or a code
  /// that ended up in the wrong place, and is not to be repeated.
  private static func withoutStrangeWords(_ message: String) -> String {
    guard message.lowercased().contains("unexpected argument"),
      message.wholeMatch(of: /Unexpected argument '[a-z]{1,12}'/) == nil
    else { return message }
    return "there are more arguments than the command takes"
  }

  /// A code such as `-678608` looks like an option to the parser, and is data to its user.
  private static func malformedCode(in arguments: [String]) -> CommandError? {
    let takesCodes = [["verify"], ["device", "enable"], ["device", "resync"]].contains { arguments.starts(with: $0) }
    guard takesCodes else { return nil }
    for (index, argument) in arguments.enumerated().dropFirst() {
      guard argument.first == "-", argument.utf8.dropFirst().first?.isASCIIDigit == true else { continue }
      // The value of an option is the option's affair.
      guard !arguments[index - 1].hasPrefix("--") else { continue }
      do throws(OATHError) { _ = try OneTimeCode(typed: argument) } catch { return CommandError(error) }
    }
    return nil
  }

  private static func isCommand(_ word: String) -> Bool {
    subcommands.contains { $0._commandName == word || $0.subcommand(named: word) != nil }
  }
}

/// A command that does one thing at a time: one thread is enough for it.
protocol OneThreadCommand: AsyncParsableCommand {}

extension ParsableCommand {
  fileprivate static var subcommands: [any ParsableCommand.Type] {
    configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
  }

  fileprivate static func subcommand(named word: String) -> (any ParsableCommand.Type)? {
    subcommands.first { $0._commandName == word }
  }
}
