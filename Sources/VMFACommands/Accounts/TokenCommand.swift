public import Directory
public import ArgumentParser
internal import OATH
internal import Verifier

/// `vmfa token`.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Bearer tokens of the REST interface.",
    subcommands: [TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self])
}

extension APIToken.Scope: ExpressibleByArgument {}

/// `vmfa token create`.
struct TokenCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a token, which is shown once.")

  @Argument(help: "What it is called.")
  var name: String

  @Option(help: "What it may be used for: verify, enroll or admin. May be given several times.")
  var scope: [APIToken.Scope]

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  mutating func validate() throws {
    guard name.wholeMatch(of: /[A-Za-z0-9_.@-]{1,64}/) != nil else {
      throw ValidationError("the name of a token is 1 to 64 letters, digits and _.@-")
    }
    guard !scope.isEmpty else { throw ValidationError("--scope is verify, enroll or admin") }
  }

  private struct Output: Encodable {
    var name: String
    var scopes: [String]
    var token: String
  }

  func run() async throws {
    let console = Console.current, session = try await options.session(creating: true)
    let now = try console.now()
    let (token, secret) = try await session.directory.createToken(name, scopes: Set(scope), at: now)
    try await AllOrNothing.run {
      try show(token, secret, on: console)
    } undo: {
      try await session.directory.revokeToken(name, at: now)
    }
  }

  private func show(_ token: APIToken, _ secret: String, on console: Console) throws {
    if json { return try console.printJSON(Output(name: token.name, scopes: token.scopeNames, token: secret)) }
    try console.print(secret)
    console.note("the token is shown this once: Authorization: Bearer … carries it")
  }
}

/// `vmfa token list`.
struct TokenListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List tokens; never their secrets.")

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON array.")
  var json = false

  private struct Output: Encodable {
    var name: String
    var scopes: [String]
    var createdAt: String
  }

  func run() async throws {
    let tokens = try await options.session().directory.store.tokens()
    let outputs = tokens.items.map { Output(name: $0.name, scopes: $0.scopeNames, createdAt: $0.createdAt.text) }
    if json {
      try Console.current.printJSON(outputs)
    } else {
      try Console.current.printTable(
        ["TOKEN", "SCOPES", "CREATED"], outputs.map { [$0.name, $0.scopes.joined(separator: " "), $0.createdAt] })
    }
    try Console.current.tellOf(tokens.unreadable)
  }
}

/// `vmfa token revoke`.
struct TokenRevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revoke a token: it is refused within a second.")

  @Argument(help: "What it is called.")
  var name: String

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable { var name: String }

  func run() async throws {
    try await options.session().directory.revokeToken(name, at: Console.current.now())
    if json { return try Console.current.printJSON(Output(name: name)) }
    try Console.current.print("revoked \(name)")
  }
}

extension APIToken {
  fileprivate var scopeNames: [String] { scopes.map(\.rawValue).sorted() }
}
