internal import Directory
internal import ArgumentParser
internal import OATH
internal import Verifier

/// `vmfa key`.
struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "The keys that seeds are sealed under.",
    subcommands: [KeyInfoCommand.self, KeyRotateCommand.self])
}

/// `vmfa key info`.
struct KeyInfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "List the keys; what is listed tells nothing of them.")

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    struct Key: Encodable {
      var id, purpose, createdAt: String
      var current: Bool
      var seeds: Int
      var masterKeys: [String]
    }
    var masterKey: String
    var keys: [Key]
  }

  func run() async throws {
    let (master, keys) = try await options.verifier().keyInfo()
    let output = Output(
      masterKey: master,
      keys: keys.map { key in
        Output.Key(
          id: key.id, purpose: key.purpose.rawValue, createdAt: key.createdAt.text, current: key.isCurrent,
          seeds: key.seedCount, masterKeys: key.masterKeys)
      })
    if json { return try Console.current.printJSON(output) }
    try Console.current.print("master key in use: \(master)")
    try Console.current.printTable(
      ["KEY", "PURPOSE", "CREATED", "CURRENT", "SEEDS", "MASTER KEYS"],
      output.keys.map { key in
        [
          key.id, key.purpose, key.createdAt, key.current.yesOrNo, String(key.seeds),
          key.masterKeys.map { $0.isEmpty ? "any" : $0 }.joined(separator: " "),
        ]
      })
  }
}

/// `vmfa key rotate`.
struct KeyRotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Seal every seed and access key under a new key, while devices are verified.",
    discussion: """
      Cut off, it is carried on by the next run. With --new-key-file or --new-key-command it instead lets another master \
      key open the keys, beside the one in use: give the new one to every replica, then run vmfa key rotate under it, \
      which shuts the old one out.
      """)

  @Option(
    help: ArgumentHelp("The master key that is to take over; made where there is no file.", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var newKeyFile: String?

  @Option(
    help: ArgumentHelp(
      "Run this command with sh, and take what it prints for the master key that is to take over.",
      valueName: "command"))
  var newKeyCommand: String?

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  mutating func validate() throws {
    if newKeyFile != nil, newKeyCommand != nil {
      throw ValidationError("--new-key-file and --new-key-command exclude each other")
    }
  }

  private struct Output: Encodable {
    var resealed: Int
    var resumed: Bool
  }

  private struct MasterOutput: Encodable {
    var masterKey: String
    var added: Bool
  }

  func run() async throws {
    let session = try await options.session(), verifier = session.verifier
    if newKeyFile != nil || newKeyCommand != nil { return try await addMasterKey(to: verifier) }
    let console = Console.current, progress = ProgressLine(console, unit: "seeds")
    defer { progress.end() }
    let done = try await KeyRotation(session.directory).run(at: console.now()) {
      progress.show($0.resealed, of: $0.total)
    }
    progress.end()
    if json {
      try console.printJSON(Output(resealed: done.seeds.resealed, resumed: done.seeds.isResumed))
    } else {
      if done.seeds.isResumed { console.note("a rotation that was cut off was carried on") }
      try console.print("rotated: \(done.seeds.resealed) seeds are sealed under the new key")
    }
    try console.tellOf(done.unreadable)
  }

  private func addMasterKey(to verifier: Verifier) async throws {
    let console = Console.current
    let source: KeyRing.MasterKeySource
    if let newKeyFile {
      try MasterKeyFile.makeIfMissing(newKeyFile)
      source = MasterKeyOptions.file(newKeyFile)
    } else {
      source = MasterKeyOptions.command(newKeyCommand ?? "")
    }
    let new = try await source()
    let isAdded = try await verifier.addMasterKey(new, at: console.now())
    if json { return try console.printJSON(MasterOutput(masterKey: new.id(), added: isAdded)) }
    try console.print("\(isAdded ? "added" : "already there"): master key \(new.id())")
    console.note("give it to every replica, then run vmfa key rotate under it: that shuts the old one out")
  }
}
