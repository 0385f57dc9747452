public import OpenSSLCrypto

/// Reads text in the encodings that editors and other programs write, so that all other readers see UTF-8.
public enum TextDecoding {
  /// Copies `text` as UTF-8 without a byte order mark, in memory that is wiped.
  ///
  /// A mark decides: UTF-8 loses it, UTF-16 in either byte order is decoded. Without one the bytes are copied unchanged, and
  /// are not checked.
  /// - Throws: ``OATHError/malformedText(_:)`` for UTF-16 that is cut off or has a lone surrogate, and for UTF-32.
  public static func utf8(_ text: Span<UInt8>) throws(OATHError) -> SecretBytes {
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { return SecretBytes(copying: text.extracting(3...)) }
    if text.starts(with: [0xFF, 0xFE, 0, 0]) || text.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw .malformedText("the text is UTF-32: save it as UTF-8")
    }
    if text.starts(with: [0xFF, 0xFE]) { return try utf16(text.extracting(2...), isBigEndian: false) }
    if text.starts(with: [0xFE, 0xFF]) { return try utf16(text.extracting(2...), isBigEndian: true) }
    return SecretBytes(copying: text)
  }

  /// Decodes UTF-16 (RFC 2781 §2.2) without its mark.
  private static func utf16(_ text: Span<UInt8>, isBigEndian: Bool) throws(OATHError) -> SecretBytes {
    guard text.count.isMultiple(of: 2) else { throw .malformedText("the text is UTF-16, and is cut off") }
    func unit(at index: Int) -> UInt16 {
      let (first, second) = (UInt16(text[index]), UInt16(text[index + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
    var decoded = SecretBuffer(), index = 0
    while index < text.count {
      let high = unit(at: index)
      index += 2
      var scalar = Unicode.Scalar(high)
      if UTF16.isLeadSurrogate(high), index < text.count, UTF16.isTrailSurrogate(unit(at: index)) {
        scalar = Unicode.Scalar(0x10000 + (UInt32(high) & 0x3FF) << 10 + UInt32(unit(at: index)) & 0x3FF)
        index += 2
      }
      guard let scalar, let bytes = UTF8.encode(scalar) else {
        throw .malformedText("the text is UTF-16, and half of a surrogate pair stands alone in it")
      }
      for byte in bytes { decoded.append(byte) }
    }
    return decoded.finish()
  }
}

extension Span<UInt8> {
  fileprivate func starts(with mark: [UInt8]) -> Bool {
    count >= mark.count && mark.indices.allSatisfy { self[$0] == mark[$0] }
  }
}
