extension WatchModel.Key {
  /// The keys that terminals (the VT100 and its like) send as these bytes. Keys that are none of ours, such as function keys
  /// and those with Alt, are passed over.
  static func decode(_ bytes: [UInt8]) -> [Self] {
    var rest = Substring(String(decoding: bytes, as: UTF8.self)), keys: [Self] = []
    while let first = rest.unicodeScalars.first {
      let count = escapeSequenceLength(in: rest.unicodeScalars)
      if first == escapeScalar || first.isControl {
        let text = String(rest.unicodeScalars.prefix(count))
        if let key = named[text] { keys.append(key) }
        rest = Substring(rest.unicodeScalars.dropFirst(count))
      } else {
        keys.append(.character(rest.removeFirst()))
      }
    }
    return keys
  }

  private static let escapeScalar: Unicode.Scalar = "\u{1B}"

  private static let named: [String: Self] = [
    "\u{1B}[A": .up, "\u{1B}[B": .down, "\u{1B}OA": .up, "\u{1B}OB": .down, "\u{1B}[5~": .pageUp,
    "\u{1B}[6~": .pageDown,
    "\u{1B}": .escape, "\r": .enter, "\n": .enter, "\t": .tab, "\u{7F}": .backspace, "\u{8}": .backspace,
    "\u{3}": .interrupt, "\u{4}": .interrupt, "\u{1C}": .interrupt,
    "\u{1A}": .suspend,
  ]

  /// How many scalars the first key has sent: sequences of ECMA-48 §5.4, SS3 of the VT100, the F1 to F5 of Linux's console
  /// (`ESC [ [ A`), or Alt with a character. A control character is in none of them: it was pressed after Escape.
  private static func escapeSequenceLength(in text: Substring.UnicodeScalarView) -> Int {
    let rest = text.dropFirst()
    guard text.first == escapeScalar, let second = rest.first, !second.isControl else { return 1 }
    switch second {
    case "[":
      let body = rest.dropFirst(), isLinux = body.first == "["
      let parameters = isLinux ? 1 : body.prefix { (0x20...0x3F).contains($0.value) }.count
      return 2 + parameters + (body.dropFirst(parameters).first.map { $0.isControl ? 0 : 1 } ?? 0)
    case "O": return rest.dropFirst().first.map { $0.isControl ? 2 : 3 } ?? 2
    default: return 2
    }
  }
}

extension Unicode.Scalar {
  /// C0 (Escape among them) and Delete.
  fileprivate var isControl: Bool { value < 0x20 || value == 0x7F }
}
