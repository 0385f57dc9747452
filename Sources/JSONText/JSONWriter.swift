package import OpenSSLCrypto

/// Puts a JSON text together in memory that is wiped.
package struct JSONWriter: ~Copyable {
  fileprivate var buffer: SecretBuffer

  package init() { buffer = SecretBuffer() }

  /// The text so far.
  package consuming func finish() -> SecretBytes { buffer.finish() }

  /// A value as it stood in another text.
  package mutating func raw(_ value: JSONValue) { value.withRawBytes { buffer.append($0) } }
  /// Punctuation, numbers, words.
  package mutating func raw(_ text: String) { buffer.append(Array(text.utf8).span) }
  /// A string, quoted and escaped.
  package mutating func string(_ text: String) { string(Array(text.utf8).span) }

  /// A string, quoted and escaped, from UTF-8.
  package mutating func string(_ text: Span<UInt8>) {
    buffer.append(UInt8(ascii: "\""))
    var written = 0
    for index in text.indices {
      let byte = text[index]
      guard Self.isEscaped(byte) else { continue }
      buffer.append(text.extracting(written..<index))
      written = index + 1
      if Self.isMark(byte) {
        buffer.append(UInt8(ascii: "\\"))
        buffer.append(byte)
      } else {
        raw("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
      }
    }
    buffer.append(text.extracting(written...))
    buffer.append(UInt8(ascii: "\""))
  }

  /// Whether a byte of UTF-8 does not stand for itself in a string (RFC 8259 §7).
  package static func isEscaped(_ byte: UInt8) -> Bool { isMark(byte) || byte < 0x20 }

  private static func isMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

  /// An object: `write` is called for each member after its name.
  package mutating func object<E: Error>(
    _ names: [String], _ write: (inout JSONWriter, String) throws(E) -> Void
  ) throws(E) {
    raw("{")
    for (index, name) in names.enumerated() {
      if index > 0 { raw(",") }
      string(name)
      raw(":")
      try write(&self, name)
    }
    raw("}")
  }

  /// An array of as many elements.
  package mutating func array<E: Error>(
    count: Int, _ write: (inout JSONWriter, Int) throws(E) -> Void
  ) throws(E) {
    raw("[")
    for index in 0..<count {
      if index > 0 { raw(",") }
      try write(&self, index)
    }
    raw("]")
  }
}

extension JSONWriter {
  /// A value that is JSON already.
  package mutating func raw(_ text: Span<UInt8>) { buffer.append(text) }
}
