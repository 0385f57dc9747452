internal import ArgumentParser
internal import Enrollment
internal import OATH
internal import Verifier

/// `vmfa enroll`.
struct EnrollCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enroll",
    abstract: "Enrol a device at the terminal: QR code, two consecutive codes, done.",
    discussion: """
      The dialogue is held on the terminal whatever standard output is; the secret is shown there once and nowhere \
      else. Who gives up (Ctrl-C, Ctrl-D) leaves no device behind.
      """)

  @OptionGroup var device: NewDeviceOptions

  @Flag(help: "Do not show the secret; typing s at the prompt shows it.")
  var hideSecret = false

  @Flag(help: "Never prompt: an error, since enrolling is a dialogue.")
  var noInput = false

  @Flag(help: "Print a JSON object when the device is enabled.")
  var json = false

  private struct Output: Encodable {
    var id, serial, user, status: String
    var drift: Int64
  }

  func run() async throws {
    let console = Console.current, request = try device.request()
    guard !noInput, let terminal = console.openTerminal() else {
      throw CommandError(
        .usage,
        noInput
          ? "enrolling needs a dialogue, and --no-input forbids it" : "there is no terminal to hold the dialogue at",
        hint: "vmfa device create and vmfa device enable do the same in two steps")
    }
    let verifier = try await device.verifierOptions.verifier(creating: true)
    let dialogue = EnrolmentDialogue(
      enrolment: Enrollment(verifier: verifier), terminal: terminal, drawing: device.drawing.drawing(console),
      hidesSecret: hideSecret, now: console.now)
    let enabled = try await dialogue.run(request)
    let output = Output(
      id: enabled.device.id.text, serial: enabled.device.serial.text, user: enabled.device.user.text, status: "active",
      drift: enabled.drift)
    if json { try console.printJSON(output) } else { try console.print("enabled \(output.serial)") }
  }
}
