internal import ArgumentParser
internal import DurableFiles
internal import OpenSSLCrypto
internal import Vault

/// `vmfa vault`.
struct VaultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vault", abstract: "The vault: an Aegis file, which the Android app opens too.",
    subcommands: [
      VaultInitCommand.self, VaultInfoCommand.self, VaultPassphraseCommand.self, VaultBackupCommand.self,
      VaultRestoreCommand.self, VaultCompletionCommand.self,
    ])
}

/// `vmfa vault init`.
struct VaultInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "init", abstract: "Make an empty vault.")

  @OptionGroup var options: VaultOptions

  func run() async throws {
    let file = try options.file()
    guard !file.exists else { throw VaultError.exists(path: file.path) }
    try file.create(passphrase: try await options.passphrase.getNew().bytes)
    try Console.current.print("made \(file.path)")
  }
}

/// `vmfa vault info`.
struct VaultInfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what is in the vault, without secrets.")

  @OptionGroup var options: VaultOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var path: String
    var accounts, unreadable: Int
  }

  func run() async throws {
    let contents = try await options.read()
    let unreadable = contents.entries.filter { $0.account == nil }
    let output = Output(
      path: try options.file().path, accounts: contents.entries.count - unreadable.count, unreadable: unreadable.count)
    for entry in unreadable { Console.current.warn("\(entry.name): \(entry.problem ?? "")") }
    if json { return try Console.current.printJSON(output) }
    try Console.current.printFields([
      ("path", output.path), ("accounts", String(output.accounts)), ("unreadable", String(output.unreadable)),
    ])
  }
}

/// `vmfa vault passphrase`.
struct VaultPassphraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passphrase", abstract: "Change the passphrase.",
    discussion: "Backups made before still open with the old one.")

  @Option(
    help: ArgumentHelp("Read the new passphrase from this file.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var newPassphraseFile: String?

  @OptionGroup var options: VaultOptions

  func run() async throws {
    let vault = try await options.unlock().vault
    let new =
      if let newPassphraseFile { try PassphraseOptions.newContent(of: newPassphraseFile, "the new passphrase") } else {
        try PassphraseOptions.askNew(noInput: options.passphrase.noInput)
      }
    let wasEncrypted = try vault.file.isEncrypted
    try vault.file.changePassphrase(from: vault.passphrase, to: new.bytes)
    if !wasEncrypted {
      Console.current.warn("\(vault.file.path).bak is the vault as it was: remove it, or keep it safe")
    }
    try Console.current.print("changed the passphrase of \(vault.file.path)")
  }
}

/// `vmfa vault backup`.
struct VaultBackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write a copy of the vault, encrypted as it is, after opening it once.")

  @Argument(help: "Where to; nothing that is there is replaced.", completion: .file(), transform: expandedPath)
  var file: String

  @OptionGroup var options: VaultOptions

  func run() async throws {
    let count = try await options.open { vault, secret in
      let copy = try vault.load()
      let entries = try VaultFile.read(copy.copy(), secret).entries.count
      try copy.withBytes { try DurableFile.write($0, to: self.file, .keeping) }
      return entries
    }
    try Console.current.print("wrote \(count) accounts to \(file)")
  }
}

/// `vmfa vault restore`.
struct VaultRestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a copy in the vault's place, after opening it; the vault before stays as .bak.")

  @Argument(help: "The copy, or any Aegis vault.", completion: .file(), transform: expandedPath)
  var file: String

  @OptionGroup var options: VaultOptions

  func run() async throws {
    let copy = SharedSecret(try DurableFile.read(at: file, limit: VaultFile.maximumByteCount))
    let given = try await options.passphrase.get("Passphrase of \(file): ")
    let vault = try options.file()
    let contents: VaultContents
    do { contents = try given.opening { try vault.restore(copy.bytes, $0) } } catch VaultError.broken(let reason) {
      // It is the copy that is meant, and the vault is well.
      throw CommandError(.data, "\(file) cannot be restored: \(reason)")
    }
    CompletionNames(console: .current).follow(contents, of: vault)
    try Console.current.print("restored \(contents.entries.count) accounts to \(vault.path)")
  }
}

/// `vmfa vault completion`.
struct VaultCompletionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Let shells complete account names, or stop that.",
    discussion: "The names are then kept in a file of mode 0600, unencrypted; by default they are not.")

  @Argument(help: "on or off.")
  var state: Switch

  @OptionGroup var options: VaultOptions

  enum Switch: String, ExpressibleByArgument, CaseIterable {
    case on, off
  }

  func run() async throws {
    let names = CompletionNames(console: .current)
    switch state {
    case .on:
      guard try CompletionNames.areOf(options.file()) else {
        throw CommandError(
          .usage, "names are completed of the vault that is meant where none is named",
          hint: "VMFA_VAULT, in the shell's own environment, names another one")
      }
      try names.turnOn(try await options.read())
    case .off: try names.turnOff()
    }
    try Console.current.print("completion of account names is \(state.rawValue)")
  }
}
