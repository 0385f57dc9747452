internal import ArgumentParser
internal import DurableFiles
internal import OATH
internal import OpenSSLCrypto

/// Where a passphrase comes from: never from an argument or a variable itself.
struct PassphraseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Read the passphrase from this file. (default: VMFA_PASSPHRASE_FILE)", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var passphraseFile: String?

  @Option(
    help: ArgumentHelp(
      "Run this command with sh, and take what it prints for the passphrase. (default: VMFA_PASSPHRASE_COMMAND)",
      valueName: "command"))
  var passphraseCommand: String?

  @Flag(help: "Never prompt.")
  var noInput = false

  private var file: String? {
    get throws { try passphraseFile ?? Console.current.path(inVariable: "VMFA_PASSPHRASE_FILE") }
  }
  private var command: String? {
    passphraseFile == nil ? passphraseCommand ?? Console.current.variable("VMFA_PASSPHRASE_COMMAND") : nil
  }

  /// Whether it comes from the terminal.
  var isTyped: Bool {
    passphraseFile == nil && Console.current.variable("VMFA_PASSPHRASE_FILE") == nil && command == nil
  }

  /// The passphrase of something that exists.
  func get(_ prompt: String) async throws -> GivenPassphrase {
    if let command { return try GivenPassphrase(content: await Self.printed(by: command)) }
    if let file = try file { return try GivenPassphrase(content: Self.file(file)) }
    guard !noInput, let terminal = Console.current.openTerminal() else {
      throw CommandError(
        .forbidden, "the passphrase is needed, and there is no terminal to ask for it",
        hint: "--passphrase-file FILE or --passphrase-command COMMAND gives it")
    }
    return GivenPassphrase(typed: try terminal.askSecret(prompt))
  }

  /// A new passphrase: asked for twice at a terminal, which may leave the choice to vmfa.
  func getNew() async throws -> SharedSecret {
    guard !isTyped else { return try Self.askNew(noInput: noInput) }
    let given = try await get("").secret
    try Self.requireTypable(given, "the passphrase")
    return given
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

  /// The secret in a file of one line.
  static func content(of path: String) throws -> SharedSecret { try GivenPassphrase(content: file(path)).secret }

  /// The secret in a file of one line, to set as the passphrase or the password of something.
  /// - Parameter what: what messages call it.
  static func newContent(of path: String, _ what: String) throws -> SharedSecret {
    let secret = try content(of: path)
    try requireTypable(secret, what)
    return secret
  }

  private static func requireTypable(_ secret: SharedSecret, _ what: String) throws {
    do throws(OATHError) { try SecretLine.requireTypable(secret.bytes) } catch {
      throw CommandError(.data, "\(what) cannot be set: \(error)", hint: "one line of text in UTF-8 is taken")
    }
  }

  private static func file(_ path: String) throws -> SecretBytes { try DurableFile.read(at: path, limit: 65_536) }

  private static func printed(by command: String) async throws -> SecretBytes {
    do { return try await ChildProcess.secret(printedBy: command) } catch {
      throw CommandError(.forbidden, "the passphrase command failed")
    }
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
