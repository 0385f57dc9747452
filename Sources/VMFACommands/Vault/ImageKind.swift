internal import OATH

/// The kind of an image file, by its first bytes and not by its name.
enum ImageKind {
  /// Pixels, in one of the formats that cameras, screenshots and scanners write.
  case pixels
  /// SVG, which is drawn first.
  case drawing

  /// nil for what is no image.
  init?(_ file: Span<UInt8>) {
    if Self.pixelMarks.contains(where: { file.matches($0) }) || Self.isHEIF(file) || Self.isNetpbm(file) {
      self = .pixels
    } else if Self.isSVG(file) {
      self = .drawing
    } else {
      return nil
    }
  }

  /// Of each format its mark; nil for bytes that vary.
  private static let pixelMarks: [[UInt8?]] = [
    // PNG, JPEG, GIF.
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], "GIF87a".bytes, "GIF89a".bytes,
    // WebP, after the length of its container; BMP, whose bytes 6 to 9 are reserved.
    "RIFF".bytes + [nil, nil, nil, nil] + "WEBP".bytes, "BM".bytes + [nil, nil, nil, nil, 0, 0, 0, 0],
    // TIFF and BigTIFF, in both orders of bytes.
    [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A], [0x49, 0x49, 0x2B, 0x00], [0x4D, 0x4D, 0x00, 0x2B],
    // JPEG XL, bare and in its container; JPEG 2000.
    [0xFF, 0x0A], [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20],
  ]

  /// HEIC and AVIF: a box `ftyp` with one of their brands (ISO/IEC 23008-12).
  private static func isHEIF(_ file: Span<UInt8>) -> Bool {
    let brands = ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif", "avis"]
    return brands.contains { file.matches([nil, nil, nil, nil] + "ftyp".bytes + $0.bytes) }
  }

  /// PBM, PGM and PPM: `P1` to `P6`, white space, and a number.
  private static func isNetpbm(_ file: Span<UInt8>) -> Bool {
    file.count > 3 && file[0] == UInt8(ascii: "P") && (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(file[1])
      && file[2].isASCIIWhiteSpace && (file[3].isASCIIDigit || file[3] == UInt8(ascii: "#"))
  }

  /// XML whose first element is `svg`, after what may come before it.
  private static func isSVG(_ file: Span<UInt8>) -> Bool {
    var rest = Substring(
      String(decoding: (0..<min(file.count, 4096)).map { file[$0] }, as: UTF8.self).drop { $0 == "\u{FEFF}" })
    while true {
      rest = rest.drop(while: \.isWhitespace)
      if rest.hasPrefix("<svg") { return true }
      let end =
        rest.hasPrefix("<!--") ? "-->" : rest.hasPrefix("<?") ? "?>" : rest.hasPrefix("<!DOCTYPE svg") ? ">" : nil
      guard let end, let found = rest.firstRange(of: end) else { return false }
      rest = rest[found.upperBound...]
    }
  }
}

extension String {
  fileprivate var bytes: [UInt8?] { utf8.map(\.self) }
}

extension Span<UInt8> {
  fileprivate func matches(_ mark: [UInt8?]) -> Bool {
    count > mark.count && mark.indices.allSatisfy { mark[$0] == nil || self[$0] == mark[$0] }
  }
}
