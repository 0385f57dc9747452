internal import OATH
internal import OpenSSLCrypto

/// Text with a URI on each line: what FreeOTP+, Ente and many scripts write. Empty lines and `#` comments are passed
/// over, and so is what stands before the URI on its line (`QR-Code:`, as zbarimg writes it).
enum OTPAuthLines {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    lines(of: text).contains { start(of: $0, in: text) != nil }
  }

  static func read(_ text: Span<UInt8>) -> ImportReport {
    var report = ImportReport()
    for (number, line) in lines(of: text).enumerated() {
      let content = text.extracting(line)
      let trimmed = content.extracting(content.rangeWithoutOuterWhiteSpace)
      guard trimmed.count > 0, trimmed[0] != UInt8(ascii: "#") else { continue }
      let name = "line \(number + 1)"
      guard let start = start(of: line, in: text) else {
        report.refuse(name, "it holds no otpauth URI")
        continue
      }
      let uri = text.extracting(start..<line.upperBound)
      if GoogleMigration.recognises(uri) {
        GoogleMigration.readBatch(uri, line: name, into: &report)
      } else {
        let read = copy(uri)
        report.add(name) { try read.withBytes { try Account(OTPAuthURI(parsing: $0)) } }
      }
    }
    return report
  }

  private static func copy(_ bytes: Span<UInt8>) -> SecretBytes { SecretBytes(copying: bytes) }

  private static func lines(of text: Span<UInt8>) -> [Range<Int>] {
    var lines: [Range<Int>] = [], start = 0
    while start < text.count {
      let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? text.count
      lines.append(start..<end)
      start = end + 1
    }
    return lines
  }

  /// Where `otpauth` begins on a line.
  private static func start(of line: Range<Int>, in text: Span<UInt8>) -> Int? {
    let word = Array("otpauth".utf8)
    guard line.count > word.count else { return nil }
    return (line.lowerBound..<line.upperBound - word.count).first { start in
      word.indices.allSatisfy { text[start + $0] | 0x20 == word[$0] }
    }
  }
}
