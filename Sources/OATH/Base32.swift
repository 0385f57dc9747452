public import OpenSSLCrypto

/// Base32 (RFC 4648 §6), into and out of memory that is wiped.
public enum Base32 {
  /// The longest secret that is read, in bytes.
  public static let maximumByteCount = 1024

  /// What a reader forgives.
  public enum Reading: Sendable {
    /// RFC 4648 as written: upper case, full padding, zero bits at the end.
    case strict
    /// What people paste: any case, any white space, invisible characters and dashes anywhere, padding missing, bits at the
    /// end that are not zero.
    case lenient
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// The text of `bytes`, upper case, padded to whole groups of eight if asked.
  public static func encode(_ bytes: Span<UInt8>, padded: Bool) -> SecretBytes {
    let digits = (bytes.count * 8 + 4) / 5
    let length = padded ? (digits + 7) / 8 * 8 : digits
    return SecretBytes(count: length) { text in
      var buffer: UInt32 = 0, bits = 0, next = 0
      for index in bytes.indices {
        buffer = (buffer << 8 | UInt32(bytes[index])) & 0xFFFF
        bits += 8
        while bits >= 5 {
          bits -= 5
          text[next] = alphabet[Int(buffer >> UInt32(bits) & 31)]
          next += 1
        }
      }
      if bits > 0 { text[next] = alphabet[Int(buffer << UInt32(5 - bits) & 31)] }
      for index in digits..<length { text[index] = UInt8(ascii: "=") }
    }
  }

  /// The bytes of `text`.
  /// - Throws: ``OATHError/malformedBase32(_:)``, which names the place and never the text.
  public static func decode(_ text: Span<UInt8>, _ reading: Reading) throws(OATHError) -> SecretBytes {
    let digits = try digitCount(of: text, reading)
    let count = digits * 5 / 8
    guard count <= maximumByteCount else {
      throw .malformedBase32("a secret of more than \(maximumByteCount) bytes is not taken")
    }
    return try SecretBytes(count: count) { bytes throws(OATHError) in
      var buffer: UInt32 = 0, bits = 0, next = 0
      for index in text.indices {
        guard let value = value(of: text[index], reading) else { continue }
        buffer = (buffer << 5 | UInt32(value)) & 0xFFFF
        bits += 5
        if bits >= 8 {
          bits -= 8
          bytes[next] = UInt8(truncatingIfNeeded: buffer >> UInt32(bits))
          next += 1
        }
      }
      if reading == .strict, buffer & (1 << UInt32(bits) - 1) != 0 {
        throw .malformedBase32("the base32 text does not end on a whole byte")
      }
    }
  }

  /// How many base32 digits there are, once everything else about the text is found to be in order.
  private static func digitCount(of text: Span<UInt8>, _ reading: Reading) throws(OATHError) -> Int {
    var digits = 0, padding = 0, index = 0
    while index < text.count {
      let byte = text[index]
      defer { index += 1 }
      if byte == UInt8(ascii: "=") {
        padding += 1
      } else if value(of: byte, reading) != nil {
        guard padding == 0 else { throw .malformedBase32("base32 padding (=) stands before the end") }
        digits += 1
      } else if reading == .lenient, let (scalar, length) = text.scalar(at: index),
        scalar.isSpaceOrInvisible || scalar.isDash
      {
        index += length - 1
      } else {
        throw .malformedBase32(
          "character \(index + 1) is not base32: the letters A to Z and the digits 2 to 7 are")
      }
    }
    let missing = (8 - digits % 8) % 8
    guard ![1, 3, 6].contains(digits % 8) else {
      throw .malformedBase32("\(digits) base32 characters make no whole number of bytes: is the end missing?")
    }
    guard padding == missing || reading == .lenient && padding <= 8 else {
      throw .malformedBase32("the base32 padding is wrong: \(missing) × = belong at the end")
    }
    return digits
  }

  private static func value(of byte: UInt8, _ reading: Reading) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "2")...UInt8(ascii: "7"): byte - UInt8(ascii: "2") + 26
    case UInt8(ascii: "a")...UInt8(ascii: "z") where reading == .lenient: byte - UInt8(ascii: "a")
    default: nil
    }
  }
}

extension Base32 {
  /// The length of the longest group of a secret: a longer run of base32 digits is a secret by itself.
  package static let longestGroup = 15

  /// Whether a byte is a base32 digit, in either case.
  package static func isDigit(_ byte: UInt8) -> Bool { value(of: byte, .lenient) != nil }

  /// Decodes the one secret of a text leniently: a line, whole or in groups.
  /// - Throws: ``OATHError/malformedBase32(_:)`` for a second line, and for a word beside a whole secret: both may be
  ///   base32 too, and would make another secret of it.
  public static func decodeOne(_ text: Span<UInt8>) throws(OATHError) -> SecretBytes {
    var lines = 0, isLineBlank = true, groups = 0, longest = 0, group = 0, index = 0
    while index < text.count {
      let (scalar, length) = text.scalar(at: index) ?? ("\u{FFFD}", 1)
      index += length
      if scalar.isLineEnd { isLineBlank = true }
      if scalar.isSpace {
        group = 0
      } else if !scalar.isSpaceOrInvisible {
        if isLineBlank { lines += 1 }
        isLineBlank = false
        guard scalar.isASCII, value(of: UInt8(scalar.value), .lenient) != nil else { continue }
        if group == 0 { groups += 1 }
        group += 1
        longest = max(longest, group)
      }
    }
    guard lines <= 1 else {
      throw .malformedBase32("there are \(lines) lines where one secret is meant: they are not joined")
    }
    guard groups <= 1 || longest <= longestGroup else {
      throw .malformedBase32("there is a word beside the secret: it is not joined to it")
    }
    return try decode(text, .lenient)
  }
}
