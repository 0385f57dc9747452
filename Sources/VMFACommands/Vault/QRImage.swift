internal import DurableFiles
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import QRCode
internal import Vault

/// The QR codes of an image, read by zbarimg.
enum QRImage {
  /// Whether a file is an image, by its first bytes.
  static func recognises(_ file: borrowing SecretBytes) -> Bool { file.withBytes { ImageKind($0) != nil } }

  /// - Parameter file: a path, or `-` for standard input.
  static func read(_ file: String) async throws -> ImportReport {
    let isInput = file == "-"
    let image =
      isInput
      ? try Console.current.readInput(VaultFile.maximumByteCount)
      : try DurableFile.read(at: file, limit: VaultFile.maximumByteCount)
    return try await read(image, name: isInput ? "standard input" : file)
  }

  /// - Parameter name: what messages call the image.
  static func read(_ image: borrowing SecretBytes, name: String) async throws -> ImportReport {
    let file = image.withBytes { $0.array }
    let found = try await symbols(in: pixels(of: file, name: name), name: name)
    let text = SecretBytes(copying: found.span)
    return try Interchange.read(text, as: .otpauth, name: name, passphrase: ImportPassphrase { nil })
  }

  /// The contents of all symbols, one a line.
  private static func symbols(in image: [UInt8], name: String) async throws -> [UInt8] {
    // Transparent is white, as on paper; on black, light modules show whose ground is not drawn.
    let pictures = [255, 0].compactMap { PNGPicture.flattened(image, ground: $0) }
    var isReadable = false
    for picture in pictures.isEmpty ? [image] : pictures {
      let result = try await scan(picture)
      if result.status == 0, !result.output.isEmpty { return result.output }
      isReadable = isReadable || result.status == noSymbol
    }
    guard isReadable else {
      throw CommandError(.data, "\(name) is no image that zbarimg can read", hint: "save it as PNG")
    }
    throw CommandError(.data, "no QR code was found in \(name)", hint: "crop the image, or take a sharper one")
  }

  /// The status of zbarimg where an image holds no symbol.
  private static let noSymbol: Int32 = 4

  private static func scan(_ picture: [UInt8]) async throws -> (status: Int32, output: [UInt8]) {
    // The image is given and not the path, which zbarimg would take for an option, a format or a pattern. Without --nodbus it
    // would tell everybody on the bus what it has read. Contents are bytes: it would guess at Big5 and Shift JIS. The setting
    // is the symbology's own: -Sbinary, for all, also takes the line ends from between symbols. Light on dark is tried where
    // dark on light has shown nothing.
    let arguments = [
      "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Sqrcode.binary", "-Stest-inverted", "-",
    ]
    guard let result = try await ChildProcess.run("zbarimg", arguments, input: picture) else {
      throw CommandError(.unreachable, "zbarimg is not installed", hint: "install zbar-tools, or give the URI as text")
    }
    return result
  }

  /// A file of pixels as it is; of an SVG drawing its pixels, as PNG on white.
  private static func pixels(of file: [UInt8], name: String) async throws -> [UInt8] {
    guard ImageKind(file.span) == .drawing else { return file }
    let arguments = ["--format=png", "--background-color=white", "--width=1024", "--keep-aspect-ratio"]
    guard let result = try await ChildProcess.run("rsvg-convert", arguments, input: file) else {
      throw CommandError(
        .unreachable, "\(name) is an SVG drawing, and rsvg-convert, which draws it, is not installed",
        hint: "install librsvg2-bin, or save the drawing as PNG")
    }
    guard result.status == 0 else {
      throw CommandError(.data, "\(name) is an SVG drawing that cannot be drawn", hint: "save it as PNG")
    }
    return result.output
  }
}
