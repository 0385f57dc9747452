internal import OATH
package import OpenSSLCrypto

/// Base64 (RFC 4648 §4 and §5) into memory that is wiped.
package enum Base64 {
  /// Both alphabets, padding or none; white space is passed over.
  package static func decode(_ text: Span<UInt8>) throws -> SecretBytes {
    var buffer = SecretBuffer(), bits: UInt32 = 0, count = 0
    for index in text.indices where !text[index].isASCIIWhiteSpace {
      if text[index] == UInt8(ascii: "=") { continue }
      guard let value = value(of: text[index]) else { throw EntryError("it is not base64") }
      bits = (bits << 6 | UInt32(value)) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        buffer.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return buffer.finish()
  }

  /// As above, from a part of a URI. A space is what a plus became where it was form-decoded on its way.
  static func decode(percentEncoded text: Span<UInt8>) throws -> SecretBytes {
    var plain = SecretBuffer(), index = 0
    let end = text.rangeWithoutOuterWhiteSpace.upperBound
    while index < end {
      if text[index] == UInt8(ascii: "%"), index + 2 < end, let high = text[index + 1].hexadecimalValue,
        let low = text[index + 2].hexadecimalValue
      {
        plain.append(high << 4 | low)
        index += 3
      } else if text[index] == UInt8(ascii: "&") {
        break
      } else {
        plain.append(text[index] == UInt8(ascii: " ") ? UInt8(ascii: "+") : text[index])
        index += 1
      }
    }
    return try plain.finish().withBytes { try decode($0) }
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  /// Standard alphabet, padded.
  package static func encode(_ bytes: Span<UInt8>) -> SecretBytes {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text = SecretBuffer()
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).map { start + $0 < bytes.count ? UInt32(bytes[start + $0]) : 0 }
      let bits = group[0] << 16 | group[1] << 8 | group[2]
      for (place, shift) in [UInt32(18), 12, 6, 0].enumerated() {
        let isPadding = start + place > bytes.count
        text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> shift & 63)])
      }
    }
    return text.finish()
  }
}
