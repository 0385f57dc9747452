internal import ArgumentParser
internal import DurableFiles
internal import OpenSSLCrypto
internal import Vault

/// Where the vault is, and where its passphrase comes from.
struct VaultOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The vault. (default: VMFA_VAULT, else $XDG_DATA_HOME/vmfa/vault.json)", valueName: "file"),
    completion: .file(), transform: expandedPath)
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
    if let path = try vault ?? console.path(inVariable: "VMFA_VAULT") { return try file(at: path, console) }
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
      do {
        return try await passphrase.get("Passphrase: ").opening { secret in try body(file, secret) }
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
