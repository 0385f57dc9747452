internal import ArgumentParser
internal import DeviceTransfer
internal import DurableFiles
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// `vmfa device export`.
struct DeviceExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write all devices with their seeds, sealed under a passphrase.",
    discussion: """
      For vmfa device import, into another database. Recovery codes are not in it: they are kept as digests that only \
      this database can check. What cannot be read is listed and left out, and the command ends with 65.
      """)

  @Argument(
    help: ArgumentHelp("Where it goes (mode 0600); there may be no file.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var file: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable { var devices, unreadable: Int }

  func run() async throws {
    let console = Console.current
    guard try DurableFile.kind(of: file, followingLinks: false) == nil else { throw FileError.exists(path: file) }
    let verifier = try await options.verifier(), secret = try await passphrase.getNew()
    guard secret.bytes.count > 0 else { throw CommandError(.data, "the passphrase is empty") }
    let writer = try StagedWriter(for: file), line = ProgressLine(console, unit: "devices")
    defer { line.end() }
    let (count, unreadable) = try await DeviceExport(from: verifier).run(sealedUnder: secret, at: console.now()) {
      bytes in
      try writer.write(bytes.span)
    } progress: {
      line.show($0)
    }
    try writer.place()
    line.end()
    if json {
      try console.printJSON(Output(devices: count, unreadable: unreadable.count))
    } else {
      try console.print("exported \(count) devices to \(file)")
    }
    try console.tellOf(unreadable)
  }
}
