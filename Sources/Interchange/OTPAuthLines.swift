internal import OATH
internal import OpenSSLCrypto

/// Text with URIs in its lines: what FreeOTP+, Ente, WinAuth and many scripts write. Empty lines, `#` comments and lines of
/// markup are passed over, and so is what stands around the URIs (`QR-Code:`, as zbarimg writes it).
enum OTPAuthLines {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    text.lineRanges.contains { !text.uriRanges(in: $0).isEmpty }
  }

  static func read(_ text: Span<UInt8>) -> ImportReport {
    var report = ImportReport(), continuation: Int?
    let lines = text.lineRanges
    for (number, line) in lines.enumerated() where number != continuation {
      let content = text.extracting(line)
      let trimmed = content.extracting(content.rangeWithoutOuterSpace)
      guard trimmed.count > 0, trimmed[0] != UInt8(ascii: "#") else { continue }
      let name = "line \(number + 1)", uris = text.uriRanges(in: line)
      let isMarkup = trimmed[0] == UInt8(ascii: "<") && trimmed[trimmed.count - 1] == UInt8(ascii: ">")
      if uris.isEmpty, !isMarkup { report.refuse(name, "it holds no otpauth URI") }
      for (place, uri) in uris.enumerated() {
        let entry = place == 0 ? name : "\(name), URI \(place + 1)"
        let isAtEnd = uri.upperBound == line.lowerBound + content.rangeWithoutOuterSpace.upperBound
        if isAtEnd, number + 1 < lines.count, text.extracting(lines[number + 1]).continues(text.extracting(uri)) {
          // The part before the line end would give a shorter key, or a default in place of a parameter.
          report.refuse(entry, "its URI seems to go on in the next line: write it in one line")
          continuation = number + 1
        } else {
          report.add(uri: text.extracting(uri), entry: entry)
        }
      }
    }
    return report
  }
}

extension Span<UInt8> {
  /// Whether a line looks like the rest of a URI that was wrapped: one word of a URI's characters, which separates
  /// parameters, follows a parameter without a value, or could belong to the secret before it.
  fileprivate func continues(_ uri: Span<UInt8>) -> Bool {
    let word = extracting(rangeWithoutOuterSpace)
    guard word.count > 0, word[0] != UInt8(ascii: "#"), word.uriRanges(in: word.indices).isEmpty else { return false }
    guard word.indices.allSatisfy({ word[$0].isOfURI }) else { return false }
    if word.firstIndex(of: UInt8(ascii: "&")) != nil { return true }
    switch uri.lastPart {
    case .value: return false
    case .nothing: return true
    case .secret:
      // Digits and padding, as programs write them.
      return word.indices.allSatisfy { Base32.isDigit(word[$0]) && word[$0] < 0x60 || "0189=".utf8.contains(word[$0]) }
    }
  }

  /// What a URI ends in.
  private var lastPart: URIEnd {
    guard let last = indices.last(where: { self[$0] == UInt8(ascii: "&") || self[$0] == UInt8(ascii: "=") }) else {
      return begins(withScheme: "steam://") ? .secret : .nothing
    }
    if self[last] == UInt8(ascii: "&") { return .nothing }
    let isSecret = last >= 6 && extracting(last - 6..<last).begins(withScheme: "secret")
    return isSecret ? .secret : last == count - 1 ? .nothing : .value
  }
}

private enum URIEnd {
  /// A parameter without a value, or no more than a part of its name.
  case nothing
  /// The secret, or a part of it.
  case secret
  /// The value of any other parameter.
  case value
}

extension UInt8 {
  /// The characters of a URI (RFC 3986 §2).
  fileprivate var isOfURI: Bool {
    isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
      || "-._~:/?@!$'()*+,;=&%".utf8.contains(self)
  }
}

extension ImportReport {
  /// Adds the account of a URI, or the accounts of Google Authenticator's.
  mutating func add(uri: Span<UInt8>, entry: String) {
    if GoogleMigration.recognises(uri) { return GoogleMigration.readBatch(uri, line: entry, into: &self) }
    let uri = SecretBytes(copying: uri)
    add(entry) { try uri.withBytes { try OTPAccount(OTPAuthURI(parsing: $0)) } }
  }
}
