internal import ArgumentParser
internal import DurableFiles
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import Vault

/// `vmfa add`.
struct AddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add an account to the vault, from standard input, the prompt, or a QR code.",
    discussion: """
      What is added is an otpauth:// or steam:// URI, or a base32 secret that the options describe; both are read as by \
      vmfa import.
      """)

  @Argument(help: "Name of the account; of a URI, instead of the one it has.")
  var name: String?

  @Option(
    help: ArgumentHelp("Read the QR codes of an image; - for standard input.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var qr: String?

  @OptionGroup var secret: SecretOptions
  @OptionGroup var options: VaultOptions

  @Flag(help: "Print the added accounts as a JSON array.")
  var json = false

  func run() async throws {
    try SecretOptions.refuseURI(as: name)
    try SecretOptions.refuseURI(as: secret.issuer, "an issuer")
    let accounts = try await accounts()
    let results = try await options.update { contents in try accounts.map { try contents.add($0) } }
    let console = Console.current, added = results.compactMap(\.self)
    for (account, entry) in zip(accounts, results) where entry == nil {
      console.note("\(account.label.title) is there already")
    }
    if json { return try console.printJSON(added.map { try AccountOutput($0) }) }
    try console.print(lines: added.map { "added \($0.name)" })
  }

  private func accounts() async throws -> [OTPAccount] {
    guard let qr else { return [try named(input())] }
    guard secret.describesNoCodes else {
      throw CommandError(.usage, "--algorithm, --digits and the like describe a bare secret; the QR code has its own")
    }
    var report = try await QRImage.read(qr)
    for remark in report.refused + report.missingBatches { Console.current.warn("\(remark.entry): \(remark.reason)") }
    guard !report.accounts.isEmpty else { throw CommandError(.data, "the image holds no account") }
    if report.accounts.count == 1 { return [try named(report.accounts[0])] }
    guard name == nil, secret.issuer == nil else {
      throw CommandError(
        .usage, "the image holds \(report.accounts.count) accounts, and a name is for one",
        hint: "vmfa rename names each afterwards")
    }
    try report.nameTheUnnamed()
    for note in report.notes { Console.current.note("\(note.entry): \(note.reason)".onOneLine) }
    return report.accounts
  }

  /// Standard input where something is piped into it, else the prompt.
  private func input() throws -> OTPAccount {
    let console = Console.current
    guard console.isInputTerminal() else { return try secret.readInput() }
    guard !options.passphrase.noInput, let terminal = console.openTerminal() else {
      throw CommandError(.usage, "there is nothing on standard input, and --no-input forbids to ask")
    }
    let typed = try terminal.askSecret("Secret or otpauth:// URI (not shown): ")
    return try typed.bytes.withBytes { try secret.read($0) }
  }

  private func named(_ account: OTPAccount) throws -> OTPAccount {
    let label = OTPAuthLabel(
      issuer: secret.issuer ?? account.label.issuer, account: name ?? account.label.account)
    guard label.account.isEmpty ? label.issuer != nil : label.hasAccount else {
      throw CommandError(.usage, "the account has no name that can be typed", hint: "vmfa add NAME gives it one")
    }
    return try OTPAccount(label: label, factor: account.factor, secret: account.secret.copy())
  }
}
