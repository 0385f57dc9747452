extension String {
  /// Columns that the text takes in a terminal: two for wide characters (Unicode Standard Annex 11), none for what
  /// combines with the character before it.
  var terminalWidth: Int { unicodeScalars.reduce(0) { $0 + $1.terminalWidth } }
}

extension Unicode.Scalar {
  /// Beside emoji, which their properties tell.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
    0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
  ]

  /// Vowels and final consonants of a Korean syllable, which are drawn into its first one.
  private static let conjoining: [ClosedRange<UInt32>] = [0x1160...0x11FF, 0xD7B0...0xD7FF]

  /// Two of these are a flag, and as wide as an emoji.
  private static let regionalIndicators: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF

  fileprivate var terminalWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: 0
    default:
      if value < 0x1100 {
        1
      } else if Self.conjoining.contains(where: { $0.contains(value) }) {
        0
      } else if Self.wide.contains(where: { $0.contains(value) })
        || properties.isEmojiPresentation && !Self.regionalIndicators.contains(value)
      {
        2
      } else {
        1
      }
    }
  }
}
