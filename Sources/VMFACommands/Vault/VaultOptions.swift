internal import ArgumentParser
internal import DurableFiles
internal import OpenSSLCrypto
internal import Vault

/// Where the vault is, and where its passphrase comes from.
struct VaultOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The vault. (default: VMFA_VAULT, else $XDG_DATA_HOME/vmfa/vault.json)", valueName: "file"),
    completion: .file())
  var vault: String?

  @OptionGroup var passphrase: PassphraseOptions

  /// Options as if none were given but this one.
  static func at(_ path: String?) -> VaultOptions {
    var options = VaultOptions()
    options.vault = path
    return options
  }

  /// The vault that is meant.
  func file() throws -> VaultFile {
    let console = Console.current
    if let path = vault ?? console.variable("VMFA_VAULT") { return try file(at: path, console) }
    guard let folder = console.dataFolder else {
      throw CommandError(.usage, "neither XDG_DATA_HOME nor HOME is set", hint: "--vault FILE names a vault")
    }
    return try file(at: folder + "/vmfa/vault.json", console)
  }

  private func file(at path: String, _ console: Console) throws -> VaultFile {
    try VaultFile(path: path) { console.note("another program is changing the vault, and is waited for") }
  }

  /// What gives the passphrase when it is needed.
  typealias Passphrase = () throws -> SecretBytes

  /// Runs `body` with what opens the vault. A passphrase that is typed may be mistyped: there are three tries.
  func open<R>(_ body: (VaultFile, @escaping Passphrase) throws -> R) async throws -> R {
    let file = try file()
    guard try file.isEncrypted else {
      Console.current.warn("the vault is not encrypted: vmfa vault passphrase does that")
      return try body(file) {
        throw CommandError(
          .usage, "the vault has no passphrase", hint: "--export-passphrase-file FILE gives the export one")
      }
    }
    for attempt in 1... {
      let secret = try await passphrase.get("Passphrase: ")
      do {
        return try body(file) { secret.bytes.copy() }
      } catch VaultError.wrongPassphrase where attempt < 3 && passphrase.isTyped {
        Console.current.say("vmfa: that is not the passphrase; try again")
      }
    }
    throw VaultError.wrongPassphrase
  }

  /// The contents, to look at.
  func read() async throws -> VaultContents { try await open { file, secret in try file.read(secret) } }

  /// Changes the contents.
  func update<R>(_ body: @escaping (inout VaultContents) throws -> R) async throws -> R {
    try await open { file, secret in
      try UnlockedVault(file: file, passphrase: secret).update(body)
    }
  }

  /// The vault with what opens it, for commands that look first and change then: the passphrase is asked for once.
  func unlock() async throws -> (vault: UnlockedVault, contents: VaultContents) {
    try await open { file, secret in
      (UnlockedVault(file: file, passphrase: secret), try file.read(secret))
    }
  }
}

/// A vault and the passphrase that opens it.
struct UnlockedVault {
  let file: VaultFile
  let passphrase: VaultOptions.Passphrase

  /// Changes the contents, as they are by then; the names for completion follow once that is saved.
  func update<R>(_ body: (inout VaultContents) throws -> R) throws -> R {
    let (result, saved) = try file.update(passphrase) { contents in (try body(&contents), contents) }
    CompletionNames(console: .current).follow(saved, of: file)
    return result
  }
}

/// Where a passphrase comes from: never from an argument or a variable itself.
struct PassphraseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Read the passphrase from this file. (default: VMFA_PASSPHRASE_FILE)", valueName: "file"),
    completion: .file())
  var passphraseFile: String?

  @Option(
    help: ArgumentHelp(
      "Run this command with sh, and take what it prints for the passphrase. (default: VMFA_PASSPHRASE_COMMAND)",
      valueName: "command"))
  var passphraseCommand: String?

  @Flag(help: "Never prompt.")
  var noInput = false

  private var file: String? { passphraseFile ?? Console.current.variable("VMFA_PASSPHRASE_FILE") }
  private var command: String? {
    passphraseFile == nil ? passphraseCommand ?? Console.current.variable("VMFA_PASSPHRASE_COMMAND") : nil
  }

  /// Whether it comes from the terminal.
  var isTyped: Bool { file == nil && command == nil }

  /// The passphrase of something that exists.
  func get(_ prompt: String) async throws -> SharedSecret {
    if let command { return try await Self.printed(by: command) }
    if let file { return try Self.content(of: file) }
    guard !noInput, let terminal = Console.current.openTerminal() else {
      throw CommandError(
        .forbidden, "the passphrase is needed, and there is no terminal to ask for it",
        hint: "--passphrase-file FILE or --passphrase-command COMMAND gives it")
    }
    return try terminal.askSecret(prompt)
  }

  /// A new passphrase: asked for twice at a terminal, which may leave the choice to vmfa.
  func getNew() async throws -> SharedSecret {
    isTyped ? try Self.askNew(noInput: noInput) : try await get("")
  }

  /// A new passphrase from the terminal, whatever else there is.
  static func askNew(noInput: Bool) throws -> SharedSecret {
    guard !noInput, let terminal = Console.current.openTerminal() else {
      throw CommandError(
        .forbidden, "a new passphrase is needed, and there is no terminal to ask for it",
        hint: "--passphrase-file FILE gives it, and --new-passphrase-file FILE to vault passphrase")
    }
    while true {
      let first = try terminal.askSecret("New passphrase (empty: one is made up): ")
      if first.bytes.count == 0 {
        let made = try MadeUpPassphrase.make()
        terminal.tell("The passphrase is: \(made)")
        terminal.tell("Write it down: without it nothing in the vault can be read.")
        return SharedSecret(SecretBytes(copying: Array(made.utf8).span))
      }
      let second = try terminal.askSecret("The same again: ")
      let isSame = first.bytes.withBytes { a in second.bytes.withBytes { b in ConstantTime.equal(a, b) } }
      guard isSame else {
        terminal.tell("The two are not the same.")
        continue
      }
      if first.bytes.count < 12 { terminal.tell("Note: it is short. Four or more random words are safer.") }
      return first
    }
  }

  /// The content of a file without one newline at its end.
  static func content(of path: String) throws -> SharedSecret {
    SharedSecret(withoutNewline(try DurableFile.read(at: path, limit: 65_536)))
  }

  private static func printed(by command: String) async throws -> SharedSecret {
    do { return SharedSecret(withoutNewline(try await ChildProcess.secret(printedBy: command))) } catch {
      throw CommandError(.forbidden, "the passphrase command failed")
    }
  }

  private static func withoutNewline(_ bytes: borrowing SecretBytes) -> SecretBytes {
    let count = bytes.withBytes { span in
      span.count > 0 && span[span.count - 1] == UInt8(ascii: "\n") ? span.count - 1 : span.count
    }
    return bytes.prefix(count)
  }
}

/// A passphrase that is easy to write down: 24 characters of an alphabet without look-alikes, 118 bits.
enum MadeUpPassphrase {
  private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")

  static func make() throws -> String {
    let characters = try (0..<24).map { _ in alphabet[Int(try SecureRandom.number(below: UInt64(alphabet.count)))] }
    return stride(from: 0, to: 24, by: 4).map { String(characters[$0..<$0 + 4]) }.joined(separator: "-")
  }
}
