internal import OpenSSLCrypto

/// Percent-encoding as RFC 3986 §2 has it. A `+` is a plus sign: form encoding has no place in an otpauth URI.
package enum PercentEncoding {
  private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
  private static let hexadecimal = Array("0123456789ABCDEF".utf8)

  /// Encodes every byte that is not unreserved (§2.3), nor in `keeping`.
  package static func encode(_ text: String, keeping kept: String = "") -> String {
    encode(Array(text.utf8), keeping: kept)
  }

  /// The same for bytes of any kind.
  package static func encode(_ bytes: [UInt8], keeping kept: String = "") -> String {
    var encoded: [UInt8] = []
    for byte in bytes {
      if unreserved.contains(byte) || kept.utf8.contains(byte) {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// Decodes into text; `what` names the part in the error.
  package static func decode(_ bytes: Span<UInt8>, what: String) throws(OATHError) -> String {
    let decoded = try decodeBytes(bytes, what: what)
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw .malformedURI("\(what) is not UTF-8")
    }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw .malformedURI("\(what) holds a control character")
    }
    return text
  }

  /// Decodes into bytes of any kind.
  package static func decodeBytes(_ bytes: Span<UInt8>, what: String) throws(OATHError) -> [UInt8] {
    var decoded: [UInt8] = [], index = 0
    while index < bytes.count { decoded.append(try nextByte(of: bytes, at: &index, what: what)) }
    return decoded
  }

  /// Decodes into memory that is wiped.
  static func decodeSecret(_ bytes: Span<UInt8>, what: String) throws(OATHError) -> SecretBytes {
    var count = 0, index = 0
    while index < bytes.count {
      _ = try nextByte(of: bytes, at: &index, what: what)
      count += 1
    }
    return try SecretBytes(count: count) { decoded throws(OATHError) in
      var index = 0
      for place in 0..<count { decoded[place] = try nextByte(of: bytes, at: &index, what: what) }
    }
  }

  /// The byte that is written at `index`, which moves past it.
  private static func nextByte(of bytes: Span<UInt8>, at index: inout Int, what: String) throws(OATHError) -> UInt8 {
    guard bytes[index] == UInt8(ascii: "%") else {
      defer { index += 1 }
      return bytes[index]
    }
    guard index + 2 < bytes.count, let high = bytes[index + 1].hexadecimalValue,
      let low = bytes[index + 2].hexadecimalValue
    else {
      throw .malformedURI("a % in \(what) is not followed by two hexadecimal digits")
    }
    index += 3
    return high << 4 | low
  }
}
