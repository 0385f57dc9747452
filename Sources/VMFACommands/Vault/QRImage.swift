internal import DurableFiles
internal import Interchange
internal import OpenSSLCrypto
internal import Vault

/// The QR codes of an image, read by zbarimg.
enum QRImage {
  /// - Parameter file: a path, or `-` for standard input.
  static func read(_ file: String) async throws -> ImportReport {
    let image =
      file == "-"
      ? try Console.current.readInput(VaultFile.maximumByteCount)
      : try DurableFile.read(at: file, limit: VaultFile.maximumByteCount)
    return try await read(image, name: file)
  }

  /// - Parameter name: what messages call the image.
  static func read(_ image: borrowing SecretBytes, name: String) async throws -> ImportReport {
    // It is given the image and not the path, which it would take for an option, a format or a pattern. Without --nodbus it
    // would tell everybody on the bus what it has read.
    let bytes = image.withBytes { $0.array }
    guard
      let result = try await ChildProcess.run(
        "zbarimg", ["-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-"], input: bytes)
    else {
      throw CommandError(.unreachable, "zbarimg is not installed", hint: "install zbar-tools, or give the URI as text")
    }
    guard result.status == 0, !result.output.isEmpty else {
      throw CommandError(.data, "no QR code was found in \(name)", hint: "crop the image, or take a sharper one")
    }
    let text = SecretBytes(copying: result.output.span)
    return try Interchange.read(text, as: .otpauth, name: name, passphrase: ImportPassphrase { nil })
  }
}
