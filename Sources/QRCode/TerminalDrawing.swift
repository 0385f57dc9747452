/// How a symbol is drawn with characters.
public struct TerminalDrawing: Sendable, Equatable {
  /// The characters in use.
  public enum Mode: String, Sendable, CaseIterable {
    /// Half blocks: one column and half a line for a module.
    case utf8
    /// Coloured spaces: two columns and a line for a module, for terminals whose font lacks the blocks.
    case ansi
    /// `##` for a dark module: two columns and a line for a module, and no colour.
    case ascii
  }

  /// The characters in use.
  public var mode: Mode
  /// Whether ``Mode/utf8`` sets black and white itself, so that the terminal's colours do not matter.
  /// Without it the drawing supposes light characters on a dark background.
  public var forcesColours: Bool
  /// Swaps dark and light.
  public var inverted: Bool

  /// Half blocks, colours forced, not inverted: scans from dark and from light terminals.
  public init(mode: Mode = .utf8, forcesColours: Bool = true, inverted: Bool = false) {
    self.mode = mode
    self.forcesColours = forcesColours
    self.inverted = inverted
  }

  /// Columns that the drawing of `symbol` takes.
  public func columns(of symbol: QRSymbol) -> Int {
    symbol.extent.count * (mode == .utf8 ? 1 : 2)
  }

  /// Lines that the drawing of `symbol` takes.
  public func lines(of symbol: QRSymbol) -> Int {
    mode == .utf8 ? (symbol.extent.count + 1) / 2 : symbol.extent.count
  }

  /// The drawing, each line ended by a newline.
  /// - Parameters:
  ///   - symbol: what is drawn.
  ///   - columns: the width of the terminal; nil where there is none, as in a file.
  /// - Throws: ``QRCodeError/terminalTooNarrow(columns:needed:)``; a symbol whose lines wrap cannot be scanned.
  public func draw(_ symbol: QRSymbol, columns: Int? = nil) throws(QRCodeError) -> String {
    let needed = self.columns(of: symbol)
    if let columns, columns < needed { throw .terminalTooNarrow(columns: columns, needed: needed) }
    return switch mode {
    case .utf8: halfBlocks(symbol)
    case .ansi: colouredSpaces(symbol)
    case .ascii: hashes(symbol)
    }
  }

  private func halfBlocks(_ symbol: QRSymbol) -> String {
    let (start, end) = forcesColours ? ("\u{1B}[38;5;16;48;5;231m", "\u{1B}[0m\n") : ("", "\n")
    // With colours, ink is black and drawn where modules are dark; without, ink is light.
    let inkIsDark = forcesColours != inverted
    var text = ""
    for row in stride(from: symbol.extent.lowerBound, to: symbol.extent.upperBound, by: 2) {
      text += start
      for column in symbol.extent {
        let top = symbol.isDark(column: column, row: row) == inkIsDark
        let bottom = symbol.isDark(column: column, row: row + 1) == inkIsDark
        text += top ? (bottom ? "█" : "▀") : (bottom ? "▄" : " ")
      }
      text += end
    }
    return text
  }

  private func colouredSpaces(_ symbol: QRSymbol) -> String {
    let black = "\u{1B}[48;5;16m", white = "\u{1B}[48;5;231m"
    return rows(of: symbol, end: "\u{1B}[0m\n") { isDark, previous in
      (isDark == previous ? "" : isDark ? black : white) + "  "
    }
  }

  private func hashes(_ symbol: QRSymbol) -> String {
    rows(of: symbol, end: "\n") { isDark, _ in isDark ? "##" : "  " }
  }

  /// One line for each row; `module` is given a module and the one to its left.
  private func rows(of symbol: QRSymbol, end: String, module: (Bool, Bool?) -> String) -> String {
    var text = ""
    for row in symbol.extent {
      var previous: Bool?
      for column in symbol.extent {
        let isDark = symbol.isDark(column: column, row: row) != inverted
        text += module(isDark, previous)
        previous = isDark
      }
      text += end
    }
    return text
  }
}
