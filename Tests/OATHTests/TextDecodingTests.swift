import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct TextDecodingTests {
  private func decode(_ bytes: [UInt8]) throws -> [UInt8] { try TextDecoding.utf8(bytes.span).bytes() }

  private func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
    ("\u{FEFF}" + text).utf16.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return isBigEndian ? [high, low] : [low, high]
    }
  }

  @Test(arguments: ["", "a", "GEZDGNBV\r\n", "Größe", "漢字", "\u{10000}", "\u{10FFFF}", "😀é", "\u{D7FF}\u{E000}", "\0"])
  func `UTF-16 in both byte orders and UTF-8 give the same bytes`(text: String) throws {
    let wanted = Array(text.utf8)
    #expect(try decode(wanted) == wanted)
    #expect(try decode([0xEF, 0xBB, 0xBF] + wanted) == wanted)
    #expect(try decode(utf16(text, isBigEndian: true)) == wanted)
    // A NUL after this mark makes the mark of UTF-32.
    if text != "\0" { #expect(try decode(utf16(text, isBigEndian: false)) == wanted) }
  }

  @Test func `only a whole mark at the start is a mark`() throws {
    for bytes: [UInt8] in [[0xEF, 0xBB], [0xFF], [0xFE], [0x41, 0xFF, 0xFE], [0xEF, 0xBB, 0xBE], [0x80, 0xFF], []] {
      #expect(try decode(bytes) == bytes)
    }
    #expect(try decode([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF]) == [0xEF, 0xBB, 0xBF])
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x41], "cut off"), ([0xFE, 0xFF, 0], "cut off"),
      ([0xFF, 0xFE, 0x00, 0xD8], "surrogate"), ([0xFE, 0xFF, 0xD8, 0x00, 0x00, 0x41], "surrogate"),
      ([0xFE, 0xFF, 0xDC, 0x00, 0x00, 0x41], "surrogate"), ([0xFE, 0xFF, 0xD8, 0x00, 0xD8, 0x00], "surrogate"),
      ([0xFF, 0xFE, 0, 0, 0x41, 0, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x41], "UTF-32"),
    ] as [([UInt8], String)])
  func `broken text is refused`(bytes: [UInt8], reason: String) {
    #expect { _ = try decode(bytes) } throws: { "\($0)".contains(reason) }
  }
}
