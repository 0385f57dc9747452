internal import OATH
internal import OpenSSLCrypto

/// Text with URIs in its lines: what FreeOTP+, Ente, WinAuth and many scripts write. Empty lines, `#` comments and lines of
/// markup are passed over, and so is what stands around the URIs (`QR-Code:`, as zbarimg writes it).
enum OTPAuthLines {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    text.lineRanges.contains { !text.uriRanges(in: $0).isEmpty }
  }

  static func read(_ text: Span<UInt8>) -> ImportReport {
    var report = ImportReport()
    for (number, line) in text.lineRanges.enumerated() {
      let content = text.extracting(line)
      let trimmed = content.extracting(content.rangeWithoutOuterSpace)
      guard trimmed.count > 0, trimmed[0] != UInt8(ascii: "#") else { continue }
      let name = "line \(number + 1)", uris = text.uriRanges(in: line)
      let isMarkup = trimmed[0] == UInt8(ascii: "<") && trimmed[trimmed.count - 1] == UInt8(ascii: ">")
      if uris.isEmpty, !isMarkup { report.refuse(name, "it holds no otpauth URI") }
      for (place, uri) in uris.enumerated() {
        report.add(uri: text.extracting(uri), entry: place == 0 ? name : "\(name), URI \(place + 1)")
      }
    }
    return report
  }
}

extension ImportReport {
  /// Adds the account of a URI, or the accounts of Google Authenticator's.
  mutating func add(uri: Span<UInt8>, entry: String) {
    if GoogleMigration.recognises(uri) { return GoogleMigration.readBatch(uri, line: entry, into: &self) }
    let uri = SecretBytes(copying: uri)
    add(entry) { try uri.withBytes { try Account(OTPAuthURI(parsing: $0)) } }
  }
}
