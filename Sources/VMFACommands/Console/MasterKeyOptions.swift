internal import ArgumentParser
internal import DurableFiles
internal import OpenSSLCrypto
internal import Verifier

/// Where the master key comes from: never from an argument or a variable itself.
struct MasterKeyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The master key that seeds are sealed under. (default: VMFA_KEY_FILE, else master.key beside the database)",
      valueName: "file"), completion: .file(), transform: expandedPath)
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "Run this command with sh, and take what it prints for the master key. (default: VMFA_KEY_COMMAND)",
      valueName: "command"))
  var keyCommand: String?

  mutating func validate() throws {
    if keyFile != nil, keyCommand != nil { throw ValidationError("--key-file and --key-command exclude each other") }
  }

  /// The name of the systemd credential that holds the key: `LoadCredential=vmfa.master-key:…`.
  static let credentialName = "vmfa.master-key"

  /// What was asked for, else what the environment names, else a credential, else the file beside the database, which
  /// is made while nothing is sealed: a key that is named must be there.
  func source(
    _ console: Console, beside place: DatabasePlace, of store: any DeviceStore
  ) async throws -> KeyRing.MasterKeySource {
    if let file = try namedFile(console) {
      if try await store.keys().isEmpty { try Self.require(file) }
      return Self.file(file)
    }
    if let keyCommand { return Self.command(keyCommand) }
    if let command = console.variable("VMFA_KEY_COMMAND") { return Self.command(command) }
    if let credential = try Self.credential(console) { return credential }
    let path = try Self.standardPath(console, beside: place)
    if try await store.keys().isEmpty { try MasterKeyFile.makeIfMissing(path) }
    return Self.file(path)
  }

  /// The file that was asked for, else the one that the environment names.
  func namedFile(_ console: Console) throws -> String? {
    try keyFile ?? (keyCommand == nil ? console.path(inVariable: "VMFA_KEY_FILE") : nil)
  }

  /// For a database that holds nothing yet: there is nothing to restore, and what is missing can be made.
  static func require(_ file: String) throws {
    guard try DurableFile.kind(of: file, followingLinks: true) == nil else { return }
    throw VerifierError.masterKey(
      reason: "the master key \(file) is missing",
      hint: "nothing is sealed under it yet: (umask 077 && openssl rand -hex 32 > \(file.quotedForShell)) makes it")
  }

  static func file(_ path: String) -> KeyRing.MasterKeySource {
    { () throws(VerifierError) in SharedMasterKey(try MasterKeyFile.read(path)) }
  }

  /// A client of a key service or a hardware module; run again whenever the key is needed.
  static func command(_ command: String) -> KeyRing.MasterKeySource {
    { () throws(VerifierError) in
      let printed: SecretBytes
      do { printed = try await ChildProcess.secret(printedBy: command) } catch {
        throw .masterKey(reason: "the key command failed", hint: "it prints the key and ends with 0")
      }
      return SharedMasterKey(try MasterKeyFile.key(in: printed, from: "the key command"))
    }
  }

  private static func credential(_ console: Console) throws -> KeyRing.MasterKeySource? {
    guard let folder = console.variable("CREDENTIALS_DIRECTORY") else { return nil }
    let path = folder + "/" + credentialName
    guard try DurableFile.kind(of: path, followingLinks: false) != nil else { return nil }
    return { () throws(VerifierError) in SharedMasterKey(try MasterKeyFile.readCredential(path)) }
  }

  private static func standardPath(_ console: Console, beside place: DatabasePlace) throws -> String {
    switch place {
    case .sqlite(let path): return DurableFile.parent(of: path) + "/master.key"
    case .postgresql:
      guard let folder = console.dataFolder else {
        throw CommandError(.usage, "neither XDG_DATA_HOME nor HOME is set", hint: "--key-file names the master key")
      }
      return folder + "/vmfa/master.key"
    }
  }
}
