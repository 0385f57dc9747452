internal import ArgumentParser
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import Vault

/// `vmfa rename`.
struct RenameCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "rename", abstract: "Give an account another name.")

  @Argument(help: "The account.", completion: .accountNames)
  var name: String

  @Argument(help: "Its new name.")
  var newName: String

  @OptionGroup var options: VaultOptions

  func run() async throws {
    try SecretOptions.refuseURI(as: newName)
    let (old, new) = try await options.change(name) { account in
      let label = OTPAuthLabel(issuer: account.label.issuer, account: newName)
      guard label.hasAccount else { throw CommandError(.data, "the new name is empty, or cannot be typed") }
      return try OTPAccount(
        label: label, factor: account.factor,
        secret: account.secret.copy())
    }
    try Console.current.print("renamed \(old) to \(new)")
  }
}

/// `vmfa edit`.
struct EditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change an account's issuer or parameters; its secret stays.")

  @Argument(help: "The account.", completion: .accountNames)
  var name: String

  @OptionGroup var changes: SecretOptions
  @OptionGroup var options: VaultOptions

  func run() async throws {
    guard !changes.isEmpty else {
      throw CommandError(.usage, "nothing to change", hint: "vmfa edit --help names the options")
    }
    try SecretOptions.refuseURI(as: changes.issuer, "an issuer")
    let (_, new) = try await options.change(name) { account in
      try OTPAccount(
        label: OTPAuthLabel(issuer: changes.issuer ?? account.label.issuer, account: account.label.account),
        factor: changes.changing(account.factor), secret: account.secret.copy())
    }
    try Console.current.print("changed \(new)")
  }
}

/// `vmfa remove`.
struct RemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove an account, after asking.")

  @Argument(help: "The account.", completion: .accountNames)
  var name: String

  @Option(help: "Do not ask: the account's name once more, in full.")
  var confirm: String?

  @OptionGroup var options: VaultOptions

  func run() async throws {
    let (vault, contents) = try await options.unlock()
    let entry = contents.entries[try AccountSearch(contents: contents, console: .current).index(of: name)]
    try confirmRemoval(of: entry)
    try vault.update { contents in
      // Found again: somebody else may have been here since, and ids are the file's, not ours to rely on.
      let index = try AccountSearch(contents: contents, console: .current).index(of: name)
      guard contents.entries[index].name == entry.name else {
        throw CommandError(.missing, "the account was changed meanwhile; nothing was removed")
      }
      contents.entries.remove(at: index)
    }
    try Console.current.print("removed \(entry.name)")
  }

  private func confirmRemoval(of entry: VaultEntry) throws {
    if let confirm {
      guard confirm == entry.name || confirm == entry.account?.label.account else {
        throw CommandError(.usage, "--confirm does not name the account", hint: entry.name.asValue(of: "--confirm"))
      }
      return
    }
    guard !options.passphrase.noInput, let terminal = Console.current.openTerminal() else {
      throw CommandError(.usage, "removing wants to be confirmed", hint: entry.name.asValue(of: "--confirm"))
    }
    switch terminal.ask("Remove \(entry.name)? Its service will ask for codes all the same. Type yes: ") {
    case .line("yes"): return
    case .interrupted(let signal): throw Ending(signal: signal)
    case .line, .endOfInput: throw Ending(.refused)
    }
  }
}

extension VaultOptions {
  /// Replaces the account of a name; returns the entry's names before and after.
  fileprivate func change(
    _ name: String, _ body: @escaping (OTPAccount) throws -> OTPAccount
  ) async throws -> (old: String, new: String) {
    try await update { contents in
      let index = try AccountSearch(contents: contents, console: .current).index(of: name)
      let entry = contents.entries[index]
      guard let account = entry.account else { throw CommandError(.data, "\(entry.name): \(entry.problem ?? "")") }
      contents.entries[index] = try entry.replacing(body(account))
      return (entry.name, contents.entries[index].name)
    }
  }
}
