import QRCode
import Testing

@Suite struct TerminalDrawingTests {
  static let dark = Screen.Colours(ink: 220, paper: 20)
  static let light = Screen.Colours(ink: 30, paper: 250)
  static let texts = ["otpauth://totp/a?secret=AA", QRSymbolTests.longest]

  private func scan(_ text: String, _ drawing: TerminalDrawing, on own: Screen.Colours) async throws -> String? {
    try await ZBar.decode(Screen(showing: drawing.draw(QRSymbol(encoding: text)), own: own).photograph())
  }

  @Test(arguments: texts, [TerminalDrawing.Mode.utf8, .ansi])
  func `with forced colours both backgrounds scan`(text: String, mode: TerminalDrawing.Mode) async throws {
    let drawing = TerminalDrawing(mode: mode)
    #expect(try await scan(text, drawing, on: Self.dark) == text)
    #expect(try await scan(text, drawing, on: Self.light) == text)
  }

  @Test func `without colours the drawing supposes a dark background, inverted a light one`() async throws {
    let text = Self.texts[0]
    let plain = TerminalDrawing(forcesColours: false)
    #expect(try plain.draw(QRSymbol(encoding: text)).contains("\u{1B}") == false)
    #expect(try await scan(text, plain, on: Self.dark) == text)
    let inverted = TerminalDrawing(forcesColours: false, inverted: true)
    #expect(try await scan(text, inverted, on: Self.light) == text)
  }

  @Test func `hashes are the dark modules`() async throws {
    let text = Self.texts[0]
    #expect(try await scan(text, TerminalDrawing(mode: .ascii), on: Self.light) == text)
    #expect(try await scan(text, TerminalDrawing(mode: .ascii, inverted: true), on: Self.dark) == text)
  }

  @Test(arguments: TerminalDrawing.Mode.allCases)
  func `size is as announced, and a narrow terminal is told`(mode: TerminalDrawing.Mode) throws {
    let symbol = try QRSymbol(encoding: Self.texts[0])
    let drawing = TerminalDrawing(mode: mode, forcesColours: false)
    let columns = drawing.columns(of: symbol)
    #expect(columns == (25 + 8) * (mode == .utf8 ? 1 : 2))
    let lines = try drawing.draw(symbol, columns: columns).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count - 1 == drawing.lines(of: symbol))
    if mode != .ansi { #expect(lines.dropLast().allSatisfy { $0.count == columns }) }
    #expect(throws: QRCodeError.terminalTooNarrow(columns: columns - 1, needed: columns)) {
      _ = try drawing.draw(symbol, columns: columns - 1)
    }
  }

  @Test func `the quiet zone is four modules wide and drawn in white`() throws {
    let lines = try TerminalDrawing().draw(QRSymbol(encoding: "a")).split(separator: "\n")
    #expect(lines.prefix(2).allSatisfy { $0.allSatisfy { $0 != "█" && $0 != "▀" && $0 != "▄" } })
    #expect(lines.allSatisfy { $0.hasPrefix("\u{1B}[38;5;16;48;5;231m    ") && $0.hasSuffix("    \u{1B}[0m") })
  }
}
