internal import OpenSSLCrypto

/// Entities of HTML and XML in text that was copied out of markup.
package enum MarkupEntity {
  private static let named: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}",
  ]
  private static let maximumByteCount = 12
  /// How often text may have been escaped, one time over the other.
  private static let maximumPasses = 4

  /// The entity that begins at `index`: what it stands for, and its length in bytes. Names are taken in any case.
  package static func at(_ index: Int, in text: Span<UInt8>) -> (scalar: Unicode.Scalar, length: Int)? {
    guard text[index] == UInt8(ascii: "&") else { return nil }
    let end = (index..<min(index + maximumByteCount, text.count)).first { text[$0] == UInt8(ascii: ";") }
    guard let end else { return nil }
    var name = ""
    for place in index + 1..<end {
      guard text[place] < 0x80 else { return nil }
      name.unicodeScalars.append(Unicode.Scalar(text[place]))
    }
    name = name.lowercased()
    let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
    let scalar = name.hasPrefix("#") ? number.flatMap(Unicode.Scalar.init) : named[name]
    return scalar.map { ($0, end + 1 - index) }
  }

  /// The text with its entities replaced, those that come of a replacement too; nil where there are none.
  static func decoded(_ text: Span<UInt8>) -> SecretBytes? {
    guard var latest = replaced(text) else { return nil }
    for _ in 1..<maximumPasses {
      guard let next = latest.withBytes({ replaced($0) }) else { break }
      latest = next
    }
    return latest
  }

  private static func replaced(_ text: Span<UInt8>) -> SecretBytes? {
    guard text.indices.contains(where: { at($0, in: text) != nil }) else { return nil }
    var decoded = SecretBuffer(), index = 0
    while index < text.count {
      if let (scalar, length) = at(index, in: text) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { decoded.append(byte) }
        index += length
      } else {
        decoded.append(text[index])
        index += 1
      }
    }
    return decoded.finish()
  }
}
