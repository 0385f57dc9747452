internal import ArgumentParser
internal import DeviceTransfer
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import Vault
internal import Verifier

/// `vmfa device import`.
struct DeviceImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take over devices with their counters, drift and scratch codes.",
    discussion: """
      From pam_oath (users.oath), pam_google_authenticator, PSKC (RFC 6030), tables of hardware tokens (OATH CSV), \
      Authelia (CSV, YAML), Keycloak (a realm with its users), lines of JSON, vmfa device export, and what vmfa import \
      reads; the format is recognised. Cut off, it can be run again: a device that is there is a duplicate. One bad entry never \
      costs the others; it is reported, and the command then ends with 65.
      """)

  @Argument(help: "The file; - for standard input.", completion: .file(), transform: expandedPath)
  var file: String

  @Option(help: "Whose devices they are, where the file does not say. (default, for a state file: its owner)")
  var user: String?

  @Flag(help: "Take seeds of fewer than 16 bytes too, which RFC 4226 forbids.")
  var allowShortSeeds = false

  @Flag(help: "Report what is in the file, and change nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Read the passphrase, or PSKC's key, of an encrypted file from this file.", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var importPassphraseFile: String?

  @Flag(help: "Never prompt.")
  var noInput = false

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the report as a JSON object.")
  var json = false

  private struct Report: Encodable {
    struct Remark: Encodable { var entry, reason: String }
    var added = 0, duplicates = 0
    var skipped: [Remark] = []
    var refused: [Remark] = []
  }

  func run() async throws {
    let console = Console.current
    let user = try user.map { (name) throws(VerifierError) in try UserName(name) }
    let source = try source(of: user)
    if source.isReadableByOthers { console.warn("others may read \(file): what is in it is no secret any more") }
    let verifier = try await dryRun ? options.verifierToLook() : options.verifier(creating: true)
    let importing = DeviceImport(into: verifier, allowingShortSeeds: allowShortSeeds, isDryRun: dryRun)
    var report = Report()
    let line = ProgressLine(console, unit: "devices")
    defer { line.end() }
    let done = try await importing.run(source, at: console.now()) { event, progress in
      line.show(progress.total)
      if let event { note(event, in: &report, line, console) }
    }
    line.end()
    (report.added, report.duplicates) = (done.added, done.duplicates)
    if json {
      try console.printJSON(report)
    } else {
      try console.print(
        "\(done.added) \(dryRun ? "would be added" : "added"), \(done.duplicates) duplicate, \(done.skipped) skipped, "
          + "\(done.refused) refused")
    }
    if done.refused > 0 { throw Ending(.data) }
  }

  private func source(of user: UserName?) throws -> DeviceFile {
    let passphrase = ImportPassphrase(passphrase)
    guard let piped = try InputFile.piped(file, limit: VaultFile.maximumByteCount) else {
      return try DeviceFile(file, user: user, passphrase: passphrase)
    }
    return try DeviceFile(content: piped, name: file, user: user, passphrase: passphrase)
  }

  private func note(
    _ event: DeviceImport.Event, in report: inout Report, _ line: ProgressLine, _ console: Console
  ) {
    switch event {
    case .added: return
    case .addedShort(let device, let count):
      line.end()
      console.warn("\(device.serial): its seed has \(count) bytes, and RFC 4226 asks for 16: enrol it anew")
    case .skipped(let remark):
      line.end()
      console.note("\(remark.entry): \(remark.reason)")
      report.skipped.append(.init(entry: remark.entry, reason: remark.reason))
    case .refused(let remark):
      line.end()
      console.say("vmfa: refused: \(remark.entry): \(remark.reason)".withoutControls)
      report.refused.append(.init(entry: remark.entry, reason: remark.reason))
    }
  }

  private func passphrase() throws -> SecretBytes? {
    if let importPassphraseFile { return try PassphraseOptions.content(of: importPassphraseFile).bytes.copy() }
    guard !noInput, let terminal = Console.current.openTerminal() else { return nil }
    return try terminal.askSecret("Passphrase of \(file): ").bytes.copy()
  }
}
