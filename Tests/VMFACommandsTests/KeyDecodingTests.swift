import Testing
import Vault

@testable import VMFACommands

@Suite struct KeyDecodingTests {
  private func keys(_ text: String) -> [WatchModel.Key] { .init(WatchModel.Key.decode(Array(text.utf8))) }

  @Test func `Ctrl-Z stops`() {
    #expect(keys("a\u{1A}") == [.character("a"), .suspend])
    var model = WatchModel(.init(), filter: "", hidesCodes: false)
    #expect(model.press(.suspend) == .suspend)
  }

  @Test func `our own`() {
    #expect(keys("\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[6~") == [.up, .down, .pageUp, .pageDown])
    #expect(keys("aé👩‍💻\t\r\u{7F}") == [.character("a"), .character("é"), .character("👩‍💻"), .tab, .enter, .backspace])
    #expect(keys("\r\n") == [.enter, .enter])
  }

  @Test(
    arguments: [
      "\u{1B}[C", "\u{1B}[1;5D", "\u{1B}[15~", "\u{1B}OP", "\u{1B}x", "\u{1B}[[A", "\u{1B}[200~", "\u{1B}O\u{1B}[C",
      "\u{2}",
    ])
  func `others are passed over, and not what comes after them`(_ sequence: String) {
    #expect(keys(sequence) == [])
    #expect(keys(sequence + "b\u{3}") == [.character("b"), .interrupt])
  }

  @Test(arguments: ["\u{3}", "\r", "\u{1B}[A", "\u{7F}"])
  func `Escape is a key where no sequence follows`(before next: String) {
    #expect(keys("\u{1B}") == [.escape])
    #expect(keys("\u{1B}" + next) == [.escape] + keys(next))
  }

  @Test(arguments: ["\u{1B}[", "\u{1B}O", "\u{1B}[1;", "\u{1B}[["])
  func `control characters are never swallowed`(after begun: String) {
    #expect(keys(begun + "\u{3}") == [.interrupt])
  }
}
