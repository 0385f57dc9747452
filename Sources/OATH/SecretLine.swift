package import OpenSSLCrypto

/// A secret in the one line that a file, a program's output or standard input holds: a passphrase, a password, a key.
///
/// Editors write a byte order mark, UTF-16, or CRLF around the same characters. None of that is part of a secret that a
/// person types somewhere else.
package enum SecretLine {
  /// Copies the secret out of `content`: as UTF-8, without a byte order mark and without one line end (LF, CRLF or CR).
  /// - Throws: ``OATHError/malformedText(_:)``, as ``TextDecoding``.
  package static func read(_ content: Span<UInt8>) throws(OATHError) -> SecretBytes {
    let text = try TextDecoding.utf8(content)
    return text.prefix(text.withBytes { $0.count - $0.lengthOfLineEnd })
  }

  /// Checks a secret that is to be kept for a person to type: a passphrase or a password that is set.
  /// - Throws: ``OATHError/malformedText(_:)`` for more than one line, for another control character than a tab, for an
  ///   invisible character, and for bytes that are not UTF-8.
  package static func requireTypable(_ secret: borrowing SecretBytes) throws(OATHError) {
    try secret.withBytes { (bytes) throws(OATHError) in
      guard bytes.isUTF8 else { throw .malformedText("it is not UTF-8: what is typed would be other bytes") }
      var index = 0
      while index < bytes.count, let (scalar, length) = bytes.scalar(at: index) {
        if let fault = scalar.typingFault { throw .malformedText("it holds \(fault), which nobody could type") }
        index += length
      }
    }
  }
}

extension Unicode.Scalar {
  /// The kind of a character that no keyboard writes; nil for all others. Scripts and emoji need joiners, so those are typed.
  fileprivate var typingFault: String? {
    if isLineEnd { return "more than one line" }
    if properties.generalCategory == .control, self != "\t" { return "a control character" }
    let isJoiner = value == 0x200C || value == 0x200D
    if properties.generalCategory == .format, !isJoiner {
      return "the invisible character U+\(String(value, radix: 16, uppercase: true))"
    }
    return nil
  }
}

extension Span<UInt8> {
  /// The number of bytes of the LF, CRLF or CR at the end.
  fileprivate var lengthOfLineEnd: Int {
    guard count > 0 else { return 0 }
    switch self[count - 1] {
    case UInt8(ascii: "\r"): return 1
    case UInt8(ascii: "\n"): return count > 1 && self[count - 2] == UInt8(ascii: "\r") ? 2 : 1
    default: return 0
    }
  }

  /// Whether the bytes are well-formed UTF-8 (Unicode, table 3-7), found without a string, which would not be wiped.
  fileprivate var isUTF8: Bool {
    var index = 0
    while index < count {
      let (length, second): (Int, ClosedRange<UInt8>)
      switch self[index] {
      case 0x00...0x7F: (length, second) = (1, 0x80...0xBF)
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return false
      }
      guard index + length <= count, length == 1 || second.contains(self[index + 1]),
        (2..<Swift.max(length, 2)).allSatisfy({ (0x80...0xBF).contains(self[index + $0]) })
      else { return false }
      index += length
    }
    return true
  }
}
