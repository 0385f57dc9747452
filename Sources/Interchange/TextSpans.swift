internal import OATH

// A text of secrets is taken apart where it stands: what is a secret in it goes through no string.
extension Span<UInt8> {
  /// The lines, without their ends (LF, CRLF or CR).
  package var lineRanges: [Range<Int>] {
    var ranges: [Range<Int>] = [], start = 0
    for index in indices where self[index] == UInt8(ascii: "\n") || self[index] == UInt8(ascii: "\r") {
      let isSecondOfTwo = self[index] == UInt8(ascii: "\n") && index > 0 && self[index - 1] == UInt8(ascii: "\r")
      if !isSecondOfTwo { ranges.append(start..<index) }
      start = index + 1
    }
    return ranges + [start..<count]
  }

  /// The runs of bytes between white space.
  package var wordRanges: [Range<Int>] {
    var ranges: [Range<Int>] = [], start: Int?
    for index in 0...count {
      let isWord = index < count && !self[index].isASCIIWhiteSpace
      if isWord, start == nil { start = index }
      if !isWord, let first = start {
        ranges.append(first..<index)
        start = nil
      }
    }
    return ranges
  }

  /// Whether it begins with these bytes.
  package func begins(with prefix: StaticString) -> Bool {
    let wanted = Array("\(prefix)".utf8)
    return count >= wanted.count && wanted.indices.allSatisfy { self[$0] == wanted[$0] }
  }

  /// A part that is no secret.
  package func string(in range: Range<Int>) -> String {
    String(decoding: range.map { self[$0] }, as: UTF8.self)
  }

  /// The lines as strings, for files whose lines are no secrets.
  var lines: [String] { lineRanges.map { string(in: $0) } }
}
