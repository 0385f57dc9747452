internal import OATH
internal import OpenSSLCrypto

// Finds URIs in text that people and programs wrote around them.
//
// A URI that stands in quotes ends where they close. Any other ends at a character that no writer leaves as it is (quotes,
// angle brackets, a bar), at a closing bracket that opened before it, at a space that is no plain one, and at the next URI.
// Entities of markup are read as the characters that they stand for.
extension Span<UInt8> {
  /// Where the URIs of a line are.
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
    if let quote {
      var index = start
      while index < line.upperBound {
        let (scalar, length) = character(at: index)
        if scalar == quote { return index }
        index += length
      }
    }
    return endOfBareURI(from: start, in: line)
  }

  fileprivate func endOfBareURI(from start: Int, in line: Range<Int>) -> Int {
    var index = start, open: [Unicode.Scalar] = [], isInQuery = false
    let lastParameter = lastParameter(from: start, to: line.upperBound)
    while index < line.upperBound {
      let (scalar, length) = character(at: index)
      if URIBoundary.enders.contains(scalar) || scalar != " " && scalar.endsURI { return index }
      if scalar == " ", index + 1 < line.upperBound, self[index + 1] == UInt8(ascii: "#") { return index }
      if scalar == "?" { isInQuery = true }
      if isInQuery, scalar == "," || scalar == ";", index > lastParameter { return index }
      if let closing = URIBoundary.brackets[scalar] {
        open.append(closing)
      } else if URIBoundary.brackets.values.contains(scalar) {
        guard open.last == scalar else { return index }
        open.removeLast()
      }
      index += length
    }
    return index
  }

  /// Where the last of the format's parameters begins: a comma or a semicolon before it is a part of another one. `start`
  /// where there is none.
  fileprivate func lastParameter(from start: Int, to end: Int) -> Int {
    (start..<end).last { index in
      guard self[index] == UInt8(ascii: "&") else { return false }
      let next = index + (MarkupEntity.at(index, in: self)?.length ?? 1)
      let rest = extracting(min(next, end)..<end)
      return URIBoundary.parameters.contains { rest.begins(withScheme: $0) }
    } ?? start
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
  static let enders: Set<Unicode.Scalar> = ["\"", "<", ">", "`", "|", "“", "”", "„", "«", "»", "\u{FFFD}"]
  static let brackets: [Unicode.Scalar: Unicode.Scalar] = ["(": ")", "[": "]", "{": "}"]
  static let parameters: [StaticString] = [
    "secret=", "issuer=", "algorithm=", "digits=", "period=", "counter=", "encoder=",
  ]
  /// The longest entity that is looked back for, in bytes.
  static let entityByteCount = 12
}

extension Unicode.Scalar {
  /// White space, controls, and invisible characters but those that join letters and emoji.
  fileprivate var endsURI: Bool {
    value < 0x20 || properties.isWhitespace || isSpaceOrInvisible && value != 0x200C && value != 0x200D
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}
