internal import OATH

/// UUIDs as text: 36 characters (RFC 9562 §4).
enum UUIDText {
  /// Digits of the other case than those that are written.
  static let upperCase = UInt8(ascii: "A")...UInt8(ascii: "F")

  /// Whether the text is a UUID, in whatever case.
  static func isUUID(_ text: String) -> Bool { read(text) { _ in } }

  /// Hands on the value of each of the 32 digits, from left to right.
  /// - Returns: whether the text is a UUID, in whatever case.
  @inline(__always) static func read(_ text: String, _ body: (UInt8) -> Void) -> Bool {
    let characters = text.utf8.span
    guard characters.count == 36 else { return false }
    for place in characters.indices {
      if place == 8 || place == 13 || place == 18 || place == 23 {
        guard characters[place] == UInt8(ascii: "-") else { return false }
      } else {
        guard let digit = characters[place].hexadecimalValue else { return false }
        body(digit)
      }
    }
    return true
  }
}
