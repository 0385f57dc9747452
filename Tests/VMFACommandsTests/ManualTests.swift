import Foundation
import TestSupport
import Testing

/// The man pages and the program, held against each other.
@Suite struct ManualTests {
  struct Dump: Decodable { var command: Command }
  struct Command: Decodable {
    var commandName: String
    var subcommands: [Command]?
    var arguments: [Argument]?
  }
  struct Argument: Decodable {
    struct Name: Decodable { var kind, name: String }
    var kind: String
    var names: [Name]?
    var valueName: String?

    var longNames: [String] { (names ?? []).filter { $0.kind == "long" }.map(\.name) }
  }

  private func root() async throws -> Command {
    let dump = await run(["--experimental-dump-help"])
    #expect(dump.status == 0)
    return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
  }

  private func page(_ name: String) throws -> String {
    // Section 8 is for what administrators run.
    let section = name == "vmfa-serve" ? 8 : 1
    return try String(contentsOf: Vectors.root.appending(path: "man/\(name).\(section)"), encoding: .utf8)
  }

  /// Commands that have no page of their own.
  private static let shared = [
    "pair": "code", "add": "vault", "list": "vault", "show": "vault", "rename": "vault", "edit": "vault",
    "remove": "vault", "watch": "vault", "import": "vault", "export": "vault", "doctor": "vault",
  ]

  /// Commands with the text that describes them: a page, or their item in one that several share.
  private func pages(of root: Command) throws -> [(command: Command, page: String)] {
    try (root.subcommands ?? []).filter { $0.commandName != "help" }.map { command in
      let shared = Self.shared[command.commandName]
      let page = try page("vmfa-" + (shared ?? command.commandName))
      return (command, shared == "vault" ? try section(of: command.commandName, in: page) : page)
    }
  }

  /// What a page says of one subcommand: from its item to the next one's.
  private func section(of subcommand: String, in page: String) throws -> String {
    let start = try #require(page.range(of: "\n.It Cm \(subcommand)"), "\(subcommand)")
    let rest = page[start.upperBound...]
    let ends = ["\n.It Cm ", "\n.Sh "].compactMap { rest.range(of: $0)?.lowerBound }
    return String(page[start.lowerBound..<(ends.min() ?? page.endIndex)])
  }

  @Test func `every command, option and argument is in its page`() async throws {
    // What every command of the authenticator, or of the verifier, takes is described once.
    let common = try page("vmfa") + page("vmfa-vault").split(separator: "The commands:")[0]
    var checked = 0
    for (command, page) in try pages(of: await root()) {
      #expect(common.contains("\n.Cm \(command.commandName)"), "vmfa(1) names \(command.commandName)")
      let subcommands = (command.subcommands ?? []).filter { $0.commandName != "help" }
      for one in [command] + subcommands {
        let text = one.commandName == command.commandName ? page : try section(of: one.commandName, in: page)
        for argument in one.arguments ?? [] {
          for name in argument.longNames {
            let flag = try Regex("Fl Fl \(name)(?![a-z-])")
            #expect(text.contains(flag) || common.contains(flag), "\(one.commandName) --\(name)")
            checked += 1
          }
          // Where a command has subcommands, the parser adds one positional argument of its own: theirs.
          if argument.kind == "positional", subcommands.isEmpty || one.commandName != command.commandName {
            let name = argument.valueName ?? "?"
            let word = try Regex("Ar (?:[a-z0-9]+ )*\(name)(?![a-z0-9])")
            #expect(text.contains(word), "\(one.commandName) \(name)")
            checked += 1
          }
        }
      }
    }
    #expect(checked > 100)
  }

  @Test func `no page speaks of an option that is not there`() async throws {
    let root = try await root()
    func options(_ command: Command) -> Set<String> {
      let own = Set((command.arguments ?? []).flatMap(\.longNames))
      return (command.subcommands ?? []).reduce(own) { $0.union(options($1)) }
    }
    let known = options(root).union(["generate-completion-script"])
    for file in try FileManager.default.contentsOfDirectory(atPath: Vectors.root.appending(path: "man").path) {
      let text = try String(contentsOf: Vectors.root.appending(path: "man/\(file)"), encoding: .utf8)
      for match in text.matches(of: /Fl Fl ([a-z-]+)/) {
        #expect(known.contains(String(match.1)), "\(file): --\(match.1)")
      }
    }
  }

  @Test func `vmfa(1) names every exit status`() async throws {
    let page = try page("vmfa")
    for status in [0, 1, 64, 65, 66, 69, 73, 74, 75, 77] { #expect(page.contains("\n.It \(status)\n")) }
  }

  @Test func `every command has help`() async throws {
    for (command, _) in try pages(of: await root()) {
      let paths = [[command.commandName]] + (command.subcommands ?? []).map { [command.commandName, $0.commandName] }
      for path in paths where path.last != "help" {
        let help = await run(path + ["--help"])
        #expect(help.status == 0 && help.output.contains("USAGE: vmfa \(path.joined(separator: " "))"))
        #expect(help.diagnostics.isEmpty)
      }
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `completions are generated`(shell: String) async {
    let script = await run(["--generate-completion-script", shell])
    #expect(script.status == 0 && script.output.contains("resync"))
  }
}
