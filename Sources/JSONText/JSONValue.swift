package import OpenSSLCrypto

/// A value of a JSON text (RFC 8259), read where it stands.
///
/// The text is in memory that is wiped, and values are ranges of it: a seed goes from there into a ``SecretBytes`` of its
/// own and through no string, and what is not understood can be written back exactly as it came.
package struct JSONValue: Sendable {
  /// What a value is.
  package enum Kind: Sendable { case object, array, string, number, bool, null }

  fileprivate let document: JSONDocument
  fileprivate let range: Range<Int>
  /// What it is.
  package let kind: Kind

  /// Reads a whole text; the bytes are copied into memory that is wiped.
  package init(parsing text: Span<UInt8>) throws(JSONError) {
    try self.init(parsing: SecretBytes(copying: text))
  }

  /// Reads a whole text.
  package init(parsing text: consuming SecretBytes) throws(JSONError) {
    let document = JSONDocument(text: text)
    var scanner = JSONScanner(document: document)
    let (range, kind) = try scanner.scanDocument()
    self.init(document: document, range: range, kind: kind)
  }

  private init(document: JSONDocument, range: Range<Int>, kind: Kind) {
    self.document = document
    self.range = range
    self.kind = kind
  }

  /// The bytes as they stand in the text.
  package func withRawBytes<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try document.text.withBytes { (text) throws(E) in try body(text.extracting(range)) }
  }

  /// The members of an object in their order; nil for another kind.
  package var members: [(key: String, value: JSONValue)]? {
    guard kind == .object else { return nil }
    var scanner = JSONScanner(document: document, at: range.lowerBound + 1)
    var members: [(String, JSONValue)] = []
    while let (key, value, kind) = scanner.nextMember() {
      members.append((scanner.string(in: key) ?? "", JSONValue(document: document, range: value, kind: kind)))
    }
    return members
  }

  /// The elements of an array in their order; nil for another kind.
  package var elements: [JSONValue]? {
    guard kind == .array else { return nil }
    var scanner = JSONScanner(document: document, at: range.lowerBound + 1)
    var elements: [JSONValue] = []
    while let (value, kind) = scanner.nextElement() {
      elements.append(JSONValue(document: document, range: value, kind: kind))
    }
    return elements
  }

  /// The member of this name; the last one where it stands twice, as most readers have it.
  package subscript(_ key: String) -> JSONValue? { members?.last { $0.key == key }?.value }

  /// The text of a string; nil for another kind.
  package var string: String? {
    guard kind == .string else { return nil }
    return JSONScanner(document: document).string(in: range)
  }

  /// The text of a string, in UTF-8, without a Swift string in between; nil for another kind.
  package func secretString() -> SecretBytes? {
    guard kind == .string else { return nil }
    return JSONScanner(document: document).secretString(in: range)
  }

  /// A whole number; nil for another kind, a fraction, or one beyond 64 bits.
  package var integer: Int64? {
    guard kind == .number else { return nil }
    return withRawBytes { Int64($0.text) }
  }

  /// nil for another kind.
  package var bool: Bool? {
    guard kind == .bool else { return nil }
    return withRawBytes { $0[0] == UInt8(ascii: "t") }
  }
}

/// The text that values are ranges of.
final class JSONDocument: Sendable {
  let text: SecretBytes
  init(text: consuming SecretBytes) { self.text = text }
}
