/// The escapes of JSON strings (RFC 8259 §7), and the check that the rest is UTF-8.
enum JSONEscapes {
  private static let simple: [UInt8: UInt8] = [
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    UInt8(ascii: "/"): UInt8(ascii: "/"),
    UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D,
    UInt8(ascii: "t"): 0x09,
  ]

  /// Decodes what stands between the quotes; no escape is shorter than what it stands for, so `output` is as long as
  /// `literal`. Returns how much of it was written, nil where the text is broken.
  static func decode(_ literal: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int? {
    var read = 0, written = 0
    while read < literal.count {
      guard literal[read] == UInt8(ascii: "\\") else {
        output[written] = literal[read]
        (read, written) = (read + 1, written + 1)
        continue
      }
      guard read + 1 < literal.count else { return nil }
      if let byte = simple[literal[read + 1]] {
        output[written] = byte
        (read, written) = (read + 2, written + 1)
        continue
      }
      guard literal[read + 1] == UInt8(ascii: "u"), let scalar = scalar(in: literal, at: &read) else { return nil }
      for byte in Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter {
        output[written] = byte
        written += 1
      }
    }
    return isUTF8(output, count: written) ? written : nil
  }

  /// One `\u` with its four hexadecimal digits, or the two of a surrogate pair (RFC 8259 §7). nil for a lone surrogate, which
  /// UTF-8 has no bytes for.
  private static func scalar(in literal: Span<UInt8>, at read: inout Int) -> Unicode.Scalar? {
    guard let high = unit(in: literal, at: read) else { return nil }
    read += 6
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800...0xDBFF).contains(high), read + 1 < literal.count, literal[read] == UInt8(ascii: "\\"),
      literal[read + 1] == UInt8(ascii: "u"), let low = unit(in: literal, at: read), (0xDC00...0xDFFF).contains(low)
    else { return nil }
    read += 6
    return Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
  }

  private static func unit(in literal: Span<UInt8>, at start: Int) -> UInt16? {
    guard start + 5 < literal.count else { return nil }
    var value: UInt16 = 0
    for index in start + 2..<start + 6 {
      guard let digit = Character(Unicode.Scalar(literal[index])).hexDigitValue, literal[index] < 0x80 else {
        return nil
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  /// Checked without gathering the text in a string, since it may be a secret (table 3-7 of the Unicode standard).
  private static func isUTF8(_ bytes: borrowing MutableSpan<UInt8>, count: Int) -> Bool {
    var index = 0
    while index < count {
      let lead = bytes[index]
      let (length, second): (Int, ClosedRange<UInt8>) =
        switch lead {
        case 0x00...0x7F: (1, 0x80...0xBF)
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: (0, 0x80...0xBF)
        }
      guard length > 0, index + length <= count else { return false }
      if length > 1, !second.contains(bytes[index + 1]) { return false }
      for offset in stride(from: 2, to: length, by: 1) where bytes[index + offset] & 0xC0 != 0x80 { return false }
      index += length
    }
    return true
  }
}
