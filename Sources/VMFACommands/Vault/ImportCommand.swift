internal import ArgumentParser
internal import DurableFiles
internal import Foundation
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import Vault

/// `vmfa import`.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Add the accounts of other programs' files, whose format is recognised.",
    discussion: "One bad entry never costs the others; it is reported, and the command then ends with 65.")

  @Argument(
    help: ArgumentHelp("Exports, backups, or images of QR codes; - for standard input.", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var files: [String]

  @Option(help: "The format, where it is not to be recognised.")
  var format: Format?

  @Flag(help: "Report what would be added, and add nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Read the passphrase of encrypted files from this file.", valueName: "file"),
    completion: .file(), transform: expandedPath
  )
  var importPassphraseFile: String?

  @OptionGroup var options: VaultOptions

  @Flag(help: "Print the report as a JSON object.")
  var json = false

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case otpauth, google, aegis, twoFAS = "2fas", andOTP = "andotp", freeOTPPlus = "freeotp", bitwarden, ente
    case googleAuthenticator = "google-authenticator", oathUsers = "oath-users"
    case pskc, csv, oathCSV = "oath-csv", json, proton, stratum, duo, raivo, onePassword = "1password", authy
    case totpAuthenticator = "totp-authenticator", freeOTPXML = "freeotp-xml", keycloak, authelia
  }

  private struct Report: Encodable {
    struct Remark: Encodable { var entry, reason: String }
    var added: [String] = []
    var duplicates: [String] = []
    var skipped: [Remark] = []
    var refused: [Remark] = []
    var notes: [Remark] = []
  }

  func run() async throws {
    var report = Report(), all = ImportReport()
    for file in files {
      let prefix = files.count > 1 ? "\(file): " : ""
      do {
        let found = try await read(file)
        all.accounts += found.accounts
        all.batches += found.batches
        report.skipped += found.skipped.map { .init(entry: prefix + $0.entry, reason: $0.reason) }
        report.refused += found.refused.map { .init(entry: prefix + $0.entry, reason: $0.reason) }
      } catch  where files.count > 1 && !(error is Ending) {
        report.refused.append(.init(entry: file, reason: CommandError(error).message))
      }
    }
    report.refused += all.missingBatches.map { .init(entry: $0.entry, reason: $0.reason) }
    try all.nameTheUnnamed()
    report.notes = all.notes.map { .init(entry: $0.entry, reason: $0.reason) }
    try await add(all.accounts, to: &report)
    try show(report)
    if !report.refused.isEmpty { throw Ending(.data) }
  }

  private func add(_ accounts: [OTPAccount], to report: inout Report) async throws {
    guard !accounts.isEmpty else { return }
    let sort: (inout VaultContents) throws -> ([String], [String]) = { contents in
      let (added, duplicates) = try contents.importing(accounts)
      return (added.map(\.label.title), duplicates.map(\.label.title))
    }
    if dryRun {
      var contents = try await options.read()
      (report.added, report.duplicates) = try sort(&contents)
    } else {
      (report.added, report.duplicates) = try await options.update(sort)
    }
  }

  private func read(_ path: String) async throws -> ImportReport {
    let file = try Self.content(of: path)
    let passphrase = ImportPassphrase { try self.importPassphrase(for: path)?.bytes.copy() }
    let text = try? file.withBytes { (bytes) throws(OATHError) in try TextDecoding.utf8(bytes) }
    if let text, format == .aegis || format == nil && VaultFile.recognises(text) { return try aegis(text, passphrase) }
    let isImage = format == nil && QRImage.recognises(file)
    if isImage { return try await QRImage.read(file, name: path == "-" ? "standard input" : path) }
    let name = path.contains("/dev/") || path == "-" ? "" : (path as NSString).lastPathComponent
    return try Interchange.read(
      file, as: format.flatMap { ImportFormat(rawValue: $0.rawValue) }, name: name, passphrase: passphrase)
  }

  private static func content(of path: String) throws -> SecretBytes {
    if let piped = try InputFile.piped(path, limit: VaultFile.maximumByteCount) { return piped }
    do throws(FileError) {
      return try DurableFile.read(at: path, limit: VaultFile.maximumByteCount, .ownFiles)
    } catch {
      guard case .unsafe = error else { throw error }
      throw CommandError(
        .forbidden, "\(error)", hint: "import a copy that only you can write to, if all of it is yours")
    }
  }

  private func aegis(_ file: borrowing SecretBytes, _ passphrase: ImportPassphrase) throws -> ImportReport {
    let contents: VaultContents
    do { contents = try VaultFile.read(file.copy()) { try passphrase.get() } } catch VaultError.wrongPassphrase {
      throw ImportError.wrongPassphrase
    } catch VaultError.broken(let reason) {
      throw ImportError.broken(reason)
    }
    var report = ImportReport()
    for entry in contents.entries {
      if let account = entry.account { report.accounts.append(account) }
      if let problem = entry.problem { report.refuse(entry.name, problem) }
    }
    return report
  }

  private func importPassphrase(for file: String) throws -> SharedSecret? {
    if let importPassphraseFile { return try PassphraseOptions.content(of: importPassphraseFile) }
    guard !options.passphrase.noInput, let terminal = Console.current.openTerminal() else { return nil }
    return try terminal.askSecret("Passphrase of \(file): ")
  }

  private func show(_ report: Report) throws {
    let console = Console.current
    for remark in report.skipped + report.notes { console.note("\(remark.entry): \(remark.reason)".onOneLine) }
    for remark in report.refused { console.say("vmfa: refused: \(remark.entry): \(remark.reason)".onOneLine) }
    if json { return try console.printJSON(report) }
    for name in report.added { try console.print((dryRun ? "would add " : "added ") + name.onOneLine) }
    for name in report.duplicates { try console.print("duplicate \(name.onOneLine)") }
    try console.print(
      "\(report.added.count) added, \(report.duplicates.count) duplicate, \(report.skipped.count) skipped, \(report.refused.count) refused"
    )
  }
}
