internal import ArgumentParser
internal import DurableFiles
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import QRCode
internal import Vault

/// `vmfa show`.
struct ShowCommand: OneThreadCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an account with its secret, as a QR code for another phone.")

  @Argument(help: "The account.", completion: .accountNames)
  var name: String

  @Flag(help: "Print the otpauth:// URI instead.")
  var uri = false

  @Option(
    help: ArgumentHelp("Write a PNG image (mode 0600) instead.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var png: String?

  @Option(
    help: ArgumentHelp("Write an SVG image (mode 0600) instead.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var svg: String?

  @OptionGroup var drawing: DrawingOptions
  @OptionGroup var options: VaultOptions

  func run() async throws {
    let contents = try await options.read(), console = Console.current
    let entry = contents.entries[try AccountSearch(contents: contents, console: console).index(of: name)]
    guard let account = entry.account else { throw CommandError(.data, "\(entry.name): \(entry.problem ?? "")") }
    try ask(about: entry, console)
    let text = try account.uri().text()
    if uri { try text.withBytes { text in try console.write(text.array + [UInt8(ascii: "\n")]) } }
    guard png != nil || svg != nil || !uri else { return }
    let symbol = try text.withBytes { try QRSymbol(encoding: $0) }
    if let png { try write(symbol.png(), to: png) }
    if let svg { try write(Array(symbol.svg().utf8), to: svg) }
    if png == nil, svg == nil { try draw(symbol, console) }
  }

  private func draw(_ symbol: QRSymbol, _ console: Console) throws {
    guard let style = drawing.drawing(console) else { return }
    let text: String
    do throws(QRCodeError) { text = try style.draw(symbol, columns: console.outputColumns()) } catch {
      throw CommandError(.data, "\(error)", hint: "widen the window, make its font smaller, or use --png FILE")
    }
    try console.write(Array(text.utf8))
  }

  private func write(_ image: [UInt8], to path: String) throws {
    try DurableFile.write(image.span, to: path, .replacing)
  }

  /// At a terminal, somebody may be looking.
  private func ask(about entry: VaultEntry, _ console: Console) throws {
    guard console.outputColumns() != nil, !options.passphrase.noInput, let terminal = console.openTerminal() else {
      return
    }
    switch terminal.ask("This shows the secret of \(entry.name). Go on? [y/N] ") {
    case .line("y"), .line("yes"): return
    case .interrupted(let signal): throw Ending(signal: signal)
    case .line, .endOfInput: throw Ending(.refused)
    }
  }
}
