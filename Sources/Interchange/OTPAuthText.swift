internal import OATH
internal import OpenSSLCrypto

// Finds URIs in text that people and programs wrote around them.
//
// A URI that stands in quotes ends where they close. Any other ends at the next URI, or at a character that every writer
// encodes: quotes, angle brackets, a bar, white space but the plain space, a bracket that closes one opened before it. It
// never ends before the last of the format's parameters, which would be lost without a word. Entities of markup are read as
// the characters that they stand for.
extension Span<UInt8> {
  /// The ranges of the URIs in a line.
  func uriRanges(in line: Range<Int>) -> [Range<Int>] {
    let starts = line.filter { isStart($0, in: line) }
    return starts.enumerated().map { place, start in
      let limit = place + 1 < starts.count ? starts[place + 1] : line.upperBound
      return start..<trimmedEnd(start, end(from: start, in: line.lowerBound..<limit))
    }
  }

  fileprivate func isStart(_ index: Int, in line: Range<Int>) -> Bool {
    guard "os".utf8.contains(self[index] | 0x20) else { return false }
    let rest = extracting(index..<line.upperBound)
    guard let scheme = URIBoundary.schemes.first(where: { rest.begins(withScheme: $0) }) else { return false }
    // Others' words may end like the short scheme.
    return scheme.utf8CodeUnitCount > 8 || index == line.lowerBound || !self[index - 1].isLetterOrDigit
  }

  fileprivate func end(from start: Int, in line: Range<Int>) -> Int {
    let quote = character(before: start, from: line.lowerBound).flatMap { URIBoundary.closingQuotes[$0] }
    return quote.flatMap { closing($0, from: start, in: line) } ?? endOfBareURI(from: start, in: line)
  }

  /// Where a quote closes; doubled ones (RFC 4180) are none.
  fileprivate func closing(_ quote: Unicode.Scalar, from start: Int, in line: Range<Int>) -> Int? {
    var index = start
    while index < line.upperBound {
      let (scalar, length) = character(at: index), next = index + length
      let isDoubled = scalar == quote && next < line.upperBound && character(at: next).scalar == quote
      if scalar == quote, !isDoubled { return index }
      index = isDoubled ? next + character(at: next).length : next
    }
    return nil
  }

  fileprivate func endOfBareURI(from start: Int, in line: Range<Int>) -> Int {
    var index = start, open: [Unicode.Scalar] = [], isInQuery = false
    let lastParameter = lastParameter(from: start, to: line.upperBound)
    while index < line.upperBound {
      let (scalar, length) = character(at: index)
      if scalar == "?" { isInQuery = true }
      let isComment = scalar == " " && index + 1 < line.upperBound && self[index + 1] == UInt8(ascii: "#")
      let isSeparator = isInQuery && (scalar == "," || scalar == ";")
      let isUnopened = URIBoundary.brackets.values.contains(scalar) && open.last != scalar
      let isEnd = isComment || isSeparator || isUnopened || scalar.endsURI
      if isEnd, index > lastParameter, !cutsSecret(at: index, length, from: start, to: line.upperBound) { return index }
      if let closing = URIBoundary.brackets[scalar] { open.append(closing) }
      if open.last == scalar { open.removeLast() }
      index += length
    }
    return index
  }

  /// The start of the last of the format's parameters: all text before it is part of the URI. `start` if there is none.
  fileprivate func lastParameter(from start: Int, to end: Int) -> Int {
    (start..<end).last { index in
      guard "&;,".utf8.contains(self[index]) else { return false }
      let next = index + (MarkupEntity.at(index, in: self)?.length ?? 1)
      return extracting(min(next, end)..<end).beginsWithParameter
    } ?? start
  }

  /// Whether a character that ends a URI stands within a secret: behind a group of it, with more base32 after it. Such a
  /// secret is read as a whole, or refused as a whole.
  fileprivate func cutsSecret(at index: Int, _ length: Int, from start: Int, to end: Int) -> Bool {
    guard index + length < end, Base32.isDigit(self[index + length]) else { return false }
    var group = index
    while group > start, Base32.isDigit(self[group - 1]) { group -= 1 }
    guard index > group, index - group <= Base32.longestGroup else { return false }
    let name = (start..<index).last { self[$0] == UInt8(ascii: "=") || self[$0] == UInt8(ascii: "&") }
    guard let name, self[name] == UInt8(ascii: "=") else {
      return extracting(start..<index).begins(withScheme: "steam://")
    }
    return name >= 6 && extracting(name - 6..<index).begins(withScheme: "secret")
  }

  /// White space, separators and backslashes at the end belong to the text around a URI.
  fileprivate func trimmedEnd(_ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start {
      let kept = start + extracting(start..<end).rangeWithoutOuterSpace.upperBound
      guard kept == end else {
        end = kept
        continue
      }
      guard ",;\\".utf8.contains(self[end - 1]), !endsWithEntity(start..<end) else { break }
      end -= 1
    }
    return end
  }

  fileprivate func endsWithEntity(_ range: Range<Int>) -> Bool {
    (max(range.lowerBound, range.upperBound - URIBoundary.entityByteCount)..<range.upperBound).contains { index in
      MarkupEntity.at(index, in: self)?.length == range.upperBound - index
    }
  }

  fileprivate func character(at index: Int) -> (scalar: Unicode.Scalar, length: Int) {
    MarkupEntity.at(index, in: self) ?? scalar(at: index) ?? ("\u{FFFD}", 1)
  }

  /// The character that ends at `end`.
  fileprivate func character(before end: Int, from start: Int) -> Unicode.Scalar? {
    for index in max(start, end - URIBoundary.entityByteCount)..<end where character(at: index).length == end - index {
      return character(at: index).scalar
    }
    return nil
  }
}

private enum URIBoundary {
  static let schemes: [StaticString] = ["otpauth://", "otpauth-migration://", "steam://"]
  static let closingQuotes: [Unicode.Scalar: Unicode.Scalar] = [
    "\"": "\"", "'": "'", "`": "`", "“": "”", "‘": "’", "„": "“", "«": "»", "<": ">",
  ]
  static let enders: Set<Unicode.Scalar> = ["\"", "<", ">", "`", "|", "“", "”", "„", "«", "»"]
  static let brackets: [Unicode.Scalar: Unicode.Scalar] = ["(": ")", "[": "]", "{": "}"]
  /// The longest entity that is looked back for, in bytes.
  static let entityByteCount = 12
}

extension Unicode.Scalar {
  /// The characters that every writer of URIs encodes: quotes, controls, white space but the plain space, and invisible characters but
  /// those that join letters and emoji.
  fileprivate var endsURI: Bool {
    if self == " " || value == 0x200C || value == 0x200D { return false }
    return value < 0x20 || isSpaceOrInvisible || URIBoundary.enders.contains(self)
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}
