import Testing

@testable import VMFACommands

@Suite struct TextWidthTests {
  @Test(arguments: [
    ("", 0), ("AWS:bob", 7), ("Zoë", 3), ("Zoe\u{308}", 3), ("日本", 4), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2),
    ("✅ on", 5), ("🔑", 2), ("🇨🇭", 2), ("\u{1F321}", 1), ("❤", 1), ("「", 2), ("a\u{200B}b", 2), ("Ａ", 2),
  ])
  func `columns`(text: String, width: Int) { #expect(text.terminalWidth == width) }
}
