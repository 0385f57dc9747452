internal import Directory
internal import ArgumentParser
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// `vmfa account`.
struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "The account: its id, and the root user's access key.",
    subcommands: [AccountInitCommand.self, AccountShowCommand.self])
}

/// `vmfa account init`.
struct AccountInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make the root user's access key, which is shown once.")

  @Option(help: ArgumentHelp("Take this account id: twelve digits.", valueName: "id"))
  var accountID: String?

  @Option(
    help: ArgumentHelp("Give root the password in this file, for pages.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var passwordFile: String?

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable { var accountId, accessKeyId, secretAccessKey: String }

  func run() async throws {
    let console = Console.current
    let id = try accountID.map { text in
      do throws(VerifierError) { return try AccountID(text) } catch {
        throw CommandError(.usage, "an account id is twelve digits")
      }
    }
    let password = try passwordFile.map { try PassphraseOptions.newContent(of: $0, "the password") }
    let session = try await options.session(creating: true)
    let now = try console.now()
    let made = try await session.directory.initialise(id: id, password: password, at: now)
    let output = Output(
      accountId: made.account.text, accessKeyId: made.key.id,
      secretAccessKey: made.secret.bytes.withBytes { $0.text })
    try await AllOrNothing.run {
      try show(output, on: console)
    } undo: {
      try await session.directory.deleteAccessKey(made.key.id, of: .root, at: now)
    }
  }

  private func show(_ output: Output, on console: Console) throws {
    if json { return try console.printJSON(output) }
    try console.printFields([
      ("account id", output.accountId), ("access key id", output.accessKeyId),
      ("secret access key", output.secretAccessKey),
    ])
    console.note("the secret access key is shown this once: aws configure takes it")
  }
}

/// `vmfa account show`.
struct AccountShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the account; never a secret.")

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var accountId: String
    var alias: String?
    var rootAccessKeys: [String]
    var rootHasPassword, rootHasMfa: Bool
    var users, devices, devicesInUse: Int
  }

  func run() async throws {
    let store = try await options.session().directory.store
    let settings = try await store.settings(), counts = try await store.counts(at: Console.current.now())
    let root = try await store.iamUser(named: .root)
    let output = Output(
      accountId: settings.id.text, alias: settings.alias, rootAccessKeys: root?.record.accessKeys.map(\.id) ?? [],
      rootHasPassword: root?.record.login != nil, rootHasMfa: root?.hasMFADevice ?? false, users: counts.users,
      devices: counts.devices, devicesInUse: counts.devicesInUse)
    if json { return try Console.current.printJSON(output) }
    let keys = output.rootAccessKeys.joined(separator: " ")
    try Console.current.printFields([
      ("account id", output.accountId), ("alias", output.alias), ("root access keys", keys.isEmpty ? "none" : keys),
      ("root password", output.rootHasPassword.yesOrNo), ("root MFA", output.rootHasMfa.yesOrNo),
      ("users", String(output.users)), ("devices", "\(output.devices), of which \(output.devicesInUse) in use"),
    ])
  }
}
