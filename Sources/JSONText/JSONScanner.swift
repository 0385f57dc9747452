internal import OpenSSLCrypto

/// Walks a JSON text. ``scanDocument()`` checks all of it once; the other readers then rely on that.
struct JSONScanner {
  static let maximumDepth = 64

  private let document: JSONDocument
  private var position: Int

  init(document: JSONDocument, at position: Int = 0) {
    self.document = document
    self.position = position
  }

  private var count: Int { document.text.count }
  private func byte(_ index: Int) -> UInt8? {
    document.text.withBytes { index < $0.count ? $0[index] : nil }
  }
  private var current: UInt8? { byte(position) }
  private var failure: JSONError { .malformed(at: position) }

  mutating func scanDocument() throws(JSONError) -> (Range<Int>, JSONValue.Kind) {
    let scanned = try scanValue(depth: 0)
    skipWhiteSpace()
    guard position == count else { throw failure }
    return scanned
  }

  private mutating func skipWhiteSpace() {
    while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func scanValue(depth: Int) throws(JSONError) -> (Range<Int>, JSONValue.Kind) {
    guard depth <= Self.maximumDepth else { throw .tooDeep }
    skipWhiteSpace()
    let start = position
    let kind: JSONValue.Kind
    switch current {
    case UInt8(ascii: "{"):
      kind = .object
      try scanList(closing: UInt8(ascii: "}"), depth: depth, hasKeys: true)
    case UInt8(ascii: "["):
      kind = .array
      try scanList(closing: UInt8(ascii: "]"), depth: depth, hasKeys: false)
    case UInt8(ascii: "\""):
      kind = .string
      try scanString()
    case UInt8(ascii: "t"), UInt8(ascii: "f"):
      kind = .bool
      try scanWord(current == UInt8(ascii: "t") ? "true" : "false")
    case UInt8(ascii: "n"):
      kind = .null
      try scanWord("null")
    default:
      kind = .number
      try scanNumber()
    }
    return (start..<position, kind)
  }

  private mutating func scanList(closing: UInt8, depth: Int, hasKeys: Bool) throws(JSONError) {
    position += 1
    skipWhiteSpace()
    if current == closing {
      position += 1
      return
    }
    while true {
      if hasKeys {
        skipWhiteSpace()
        guard current == UInt8(ascii: "\"") else { throw failure }
        try scanString()
        skipWhiteSpace()
        guard current == UInt8(ascii: ":") else { throw failure }
        position += 1
      }
      _ = try scanValue(depth: depth + 1)
      skipWhiteSpace()
      defer { position += 1 }
      if current == closing { return }
      guard current == UInt8(ascii: ",") else { throw failure }
    }
  }

  private mutating func scanWord(_ word: String) throws(JSONError) {
    for byte in word.utf8 {
      guard current == byte else { throw failure }
      position += 1
    }
  }

  private mutating func scanNumber() throws(JSONError) {
    if current == UInt8(ascii: "-") { position += 1 }
    let whole = scanDigits()
    guard whole.count == 1 || whole.count > 1 && byte(whole.lowerBound) != UInt8(ascii: "0") else { throw failure }
    if current == UInt8(ascii: ".") {
      position += 1
      guard !scanDigits().isEmpty else { throw failure }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard !scanDigits().isEmpty else { throw failure }
    }
  }

  private mutating func scanDigits() -> Range<Int> {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return start..<position
  }

  private mutating func scanString() throws(JSONError) {
    let start = position
    position += 1
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure }
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard current != nil else { throw failure }
    position += 1
    guard secretString(in: start..<position) != nil else { throw .malformed(at: start) }
  }

  // What follows reads what was scanned before.

  mutating func nextMember() -> (key: Range<Int>, value: Range<Int>, kind: JSONValue.Kind)? {
    skipSeparator()
    guard current == UInt8(ascii: "\"") else { return nil }
    let start = position
    guard (try? scanString()) != nil else { return nil }
    let key = start..<position
    skipWhiteSpace()
    position += 1
    guard let (value, kind) = try? scanValue(depth: 0) else { return nil }
    return (key, value, kind)
  }

  mutating func nextElement() -> (value: Range<Int>, kind: JSONValue.Kind)? {
    skipSeparator()
    guard let byte = current, byte != UInt8(ascii: "]") else { return nil }
    return try? scanValue(depth: 0)
  }

  private mutating func skipSeparator() {
    skipWhiteSpace()
    if current == UInt8(ascii: ",") { position += 1 }
    skipWhiteSpace()
  }

  func string(in range: Range<Int>) -> String? {
    secretString(in: range)?.withBytes { $0.text }
  }

  /// Unescapes the string literal in `range`; nil where an escape or the UTF-8 is broken.
  func secretString(in range: Range<Int>) -> SecretBytes? {
    document.text.withBytes { text in
      let literal = text.extracting((range.lowerBound + 1)..<(range.upperBound - 1))
      var length = 0
      let scratch = SecretBytes(count: literal.count) { output in
        length = JSONEscapes.decode(literal, into: &output) ?? -1
      }
      return length < 0 ? nil : scratch.prefix(length)
    }
  }
}
