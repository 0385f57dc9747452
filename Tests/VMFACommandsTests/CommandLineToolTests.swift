import ArgumentParser
import Testing

@testable import VMFACommands

@Suite struct CommandLineToolTests {
  /// What is right, what asks for help, and what is wrong.
  static let lines = [
    "code -", "code - --digits 8 --at 59", "code - --", "code work --fresh", "pair -", "device list",
    "device list --json",
    "device create alice --json --png a.png", "rules show", "audit head", "user create alice", "verify alice 123456",
    "serve --check", "vault info", "", "--help", "-h", "--version", "help", "help code", "help device create",
    "code --help",
    "code -h", "code --version", "device", "device help", "device help create", "device --help", "device create --help",
    "--generate-completion-script bash", "code - --generate-completion-script bash", "code --experimental-dump-help",
    "code", "code - --digits", "code - --digits many", "code - --strange", "code - and more", "devise list",
    "device crate", "verify alice -123456", "user create", "--strange code -",
  ]

  @Test(arguments: lines) func `a command's own parser and the whole one agree`(line: String) {
    let arguments = line.split(separator: " ").map(String.init)
    let outcome = outcome { try CommandLineTool.parse(arguments) }
    #expect(outcome == self.outcome { try CommandLineTool.parseAsRoot(arguments) })
  }

  /// The command with all that was read, or what is said instead.
  private func outcome(_ parse: () throws -> any ParsableCommand) -> String {
    do {
      let command = try parse()
      var text = ""
      dump(command, to: &text)
      return text
    } catch { return "\(CommandLineTool.exitCode(for: error)) \(CommandLineTool.fullMessage(for: error))" }
  }
}
