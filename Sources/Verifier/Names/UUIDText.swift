internal import OATH

/// UUIDs as text: 36 characters (RFC 9562 §4).
enum UUIDText {
  /// How it is written.
  enum Case { case lower, upperOrMixed }

  /// Hands on the value of each of the 32 digits, from left to right.
  /// - Returns: nil for what is no UUID.
  @inline(__always) static func read(_ text: String, _ body: (UInt8) -> Void = { _ in }) -> Case? {
    let characters = text.utf8.span
    var letters = Case.lower
    guard characters.count == 36 else { return nil }
    for place in characters.indices {
      if place == 8 || place == 13 || place == 18 || place == 23 {
        guard characters[place] == UInt8(ascii: "-") else { return nil }
      } else {
        guard let digit = characters[place].hexadecimalValue else { return nil }
        if (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(characters[place]) { letters = .upperOrMixed }
        body(digit)
      }
    }
    return letters
  }
}
