internal import ArgumentParser
internal import DurableFiles
internal import Enrollment
internal import OATH
internal import QRCode
internal import Verifier

/// `vmfa device create`.
struct DeviceCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a device, and print its secret, its URI and its QR code, this once.",
    discussion: "The first half of enrolling, for scripts; vmfa device enable is the second.")

  @OptionGroup var device: NewDeviceOptions

  @Option(
    help: ArgumentHelp("Write the QR code as a PNG image (mode 0600).", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var png: String?

  @Option(
    help: ArgumentHelp("Write the QR code as an SVG image (mode 0600).", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var svg: String?

  @Flag(help: "Print a JSON object: id, serial, user, secret and uri.")
  var json = false

  private struct Output: Encodable {
    var id, serial, user, secret, uri: String
  }

  func run() async throws {
    let request = try device.request()
    let verifier = try await device.verifierOptions.verifier(creating: true)
    let enrolment = Enrollment(verifier: verifier), now = try Console.current.now()
    let new = try await enrolment.begin(request, at: now)
    try await AllOrNothing.run {
      try placeImages(of: new.handout.symbol)
      try show(new, on: Console.current)
    } undo: {
      try await enrolment.abandon(new, at: now)
    }
  }

  /// All images are written before the first of them is put into its place.
  private func placeImages(of symbol: QRSymbol) throws {
    var staged: [StagedFile] = []
    if let png { staged.append(try stage(symbol.png(), for: png)) }
    if let svg { staged.append(try stage(Array(symbol.svg().utf8), for: svg)) }
    for file in staged { try file.place() }
  }

  private func stage(_ image: [UInt8], for path: String) throws -> StagedFile {
    try StagedFile(image.span, for: path, .replacing)
  }

  private func show(_ new: NewDevice, on console: Console) throws {
    let output = Output(
      id: new.device.id.text, serial: new.device.serial.text, user: new.device.user.text,
      secret: new.handout.secretText(), uri: new.handout.uriText())
    if json { return try console.printJSON(output) }
    try draw(new.handout.symbol, on: console)
    try console.printFields([
      ("id", output.id), ("serial", output.serial), ("user", output.user), ("secret", new.handout.secretInGroups()),
      ("uri", output.uri),
    ])
  }

  /// Draws at a terminal, and elsewhere when a mode was asked for.
  private func draw(_ symbol: QRSymbol, on console: Console) throws {
    let columns = console.outputColumns()
    guard let drawing = device.drawing.drawing(console), columns != nil || device.drawing.qrMode != nil else { return }
    let text: String
    do throws(QRCodeError) { text = try drawing.draw(symbol, columns: columns) } catch {
      return console.note("\(error): \(narrowTerminalHint)")
    }
    try console.write(Array(text.utf8))
  }
}
