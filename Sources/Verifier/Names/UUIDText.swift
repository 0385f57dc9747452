internal import OATH

/// UUIDs as text: 36 characters (RFC 9562 §4).
enum UUIDText {
  /// Hands on the value of each of the 32 digits, from left to right.
  /// - Returns: whether the text is a UUID, in whatever case.
  static func read(_ text: String, _ body: (UInt8) -> Void = { _ in }) -> Bool {
    var place = 0
    for character in text.utf8 {
      if place == 8 || place == 13 || place == 18 || place == 23 {
        guard character == UInt8(ascii: "-") else { return false }
      } else {
        guard let digit = character.hexadecimalValue else { return false }
        body(digit)
      }
      place += 1
    }
    return place == 36
  }
}
