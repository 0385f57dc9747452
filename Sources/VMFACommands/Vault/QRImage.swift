internal import DurableFiles
internal import Foundation
internal import Interchange
internal import OpenSSLCrypto

/// The QR codes of an image, read by zbarimg.
enum QRImage {
  static func read(_ file: String) async throws -> ImportReport {
    var path = file
    if file == "-" {
      path = FileManager.default.temporaryDirectory.appending(path: "vmfa-\(UUID().uuidString)").path
      let image = try Console.current.readInput(16 << 20)
      try image.withBytes { try DurableFile.write($0, to: path, .keeping) }
    } else if try DurableFile.kind(of: path, followingLinks: true) == nil {
      throw FileError.missing(path: path)
    }
    defer { if file == "-" { try? FileManager.default.removeItem(atPath: path) } }
    // Without --nodbus it would tell everybody on the bus what it has read.
    guard
      let result = try await ChildProcess.run(
        "zbarimg", ["-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", path])
    else {
      throw CommandError(.unreachable, "zbarimg is not installed", hint: "install zbar-tools, or give the URI as text")
    }
    guard result.status == 0, !result.output.isEmpty else {
      throw CommandError(.data, "no QR code was found in \(file)", hint: "crop the image, or take a sharper one")
    }
    let text = SecretBytes(copying: result.output.span)
    return try Interchange.read(text, as: .otpauth, name: file, passphrase: ImportPassphrase { nil })
  }
}
