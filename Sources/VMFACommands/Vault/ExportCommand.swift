internal import ArgumentParser
internal import DurableFiles
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import QRCode
internal import Vault

/// `vmfa export`.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the accounts for another program.",
    discussion: "Encrypted where the format can be, unless --plaintext; what a format cannot carry is listed.")

  @Option(help: "otpauth (a URI on each line), aegis, google (its app's migration URIs) or 2fas.")
  var format: Format

  @Flag(help: "Write secrets in the clear.")
  var plaintext = false

  @Option(
    help: ArgumentHelp("Write to this file (mode 0600) instead of standard output.", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var output: String?

  @Flag(help: "Draw QR codes in the terminal: for google one for every ten accounts.")
  var qr = false

  @Option(
    help: ArgumentHelp("Write QR codes as PNG images (mode 0600): PREFIX-1.png and so on.", valueName: "prefix"),
    completion: .file(), transform: expandedPath)
  var png: String?

  @Option(
    help: ArgumentHelp("Passphrase of an encrypted export, from this file. (default: the vault's)", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var exportPassphraseFile: String?

  @OptionGroup var drawing: DrawingOptions
  @OptionGroup var options: VaultOptions

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case otpauth, aegis, google, twoFAS = "2fas"
  }

  mutating func validate() throws {
    let drawsCodes = qr || png != nil
    if drawsCodes, output != nil { throw ValidationError("--output writes a file, --qr and --png draw it: choose one") }
    if drawsCodes, format == .aegis || format == .twoFAS {
      throw ValidationError("no program reads a \(format.rawValue) file from a QR code: --output writes it")
    }
  }

  func run() async throws {
    if let output, let vault = try FileIdentity(of: options.file().path), try FileIdentity(of: output) == vault {
      throw CommandError(.usage, "\(output) is the vault itself", hint: "vmfa vault backup copies it")
    }
    guard plaintext || format == .aegis || format == .twoFAS else {
      throw CommandError(
        .usage, "this format is written in the clear only",
        hint: "--plaintext if that is meant, or --format aegis or 2fas")
    }
    let console = Console.current
    var exported: ExportReport?
    let file: SharedSecret = try await options.open { file, secret in
      let contents = try file.read(secret)
      for entry in contents.entries { if let problem = entry.problem { console.warn("\(entry.name): \(problem)") } }
      if format == .aegis {
        return SharedSecret(
          plaintext
            ? try VaultFile.plain(contents) : try VaultFile.sealed(contents, passphrase: try exportPassphrase(secret)))
      }
      let report = try Exporter.write(
        contents.entries.compactMap(\.account), as: exportFormat,
        sealedUnder: plaintext ? nil : SharedSecret(try exportPassphrase(secret)),
        partLimit: png != nil || qr ? QRSymbol.maximumByteCount : .max)
      exported = report
      return SharedSecret(report.text())
    }
    for remark in exported?.left ?? [] { console.warn("\(remark.entry) was left out: \(remark.reason)") }
    if png != nil || qr {
      if let png, let exported { try write(exported, to: png) }
      if qr, let exported { try draw(exported, console) }
      return
    }
    if let output {
      try file.bytes.withBytes { try DurableFile.write($0, to: output, .replacing) }
    } else {
      try file.bytes.withBytes { bytes in try console.write(bytes.array) }
    }
  }

  private var exportFormat: ExportFormat {
    switch format {
    case .google: .google
    case .twoFAS: .twoFAS
    case .otpauth, .aegis: .otpauth
    }
  }

  private func exportPassphrase(_ vault: () throws -> SecretBytes) throws -> SecretBytes {
    guard let exportPassphraseFile else { return try vault() }
    let passphrase = try PassphraseOptions.newContent(of: exportPassphraseFile, "the passphrase").bytes.copy()
    guard passphrase.count > 0 else { throw CommandError(.data, "the passphrase is empty") }
    return passphrase
  }

  private func write(_ report: ExportReport, to prefix: String) throws {
    let images = try report.parts.map { part in try part.bytes.withBytes { try QRSymbol(encoding: $0).png() } }
    for (index, image) in images.enumerated() {
      try DurableFile.write(image.span, to: "\(prefix)-\(index + 1).png", .replacing)
    }
  }

  private func draw(_ report: ExportReport, _ console: Console) throws {
    guard let style = drawing.drawing(console) else { return }
    for (index, part) in report.parts.enumerated() {
      let symbol = try part.bytes.withBytes { try QRSymbol(encoding: $0) }
      try console.print("\(index + 1) of \(report.parts.count)")
      try console.write(Array(style.draw(symbol, columns: console.outputColumns()).utf8))
    }
  }
}
