import Foundation
import OpenSSLCrypto
import TestSupport
import Testing

@testable import OATH

@Suite struct SecretLineTests {
  private func read(_ bytes: [UInt8]) throws -> String {
    try SecretLine.read(bytes.span).withBytes { $0.text }
  }

  @Test(arguments: [
    ("pass", "pass"), ("pass\n", "pass"), ("pass\r\n", "pass"), ("pass\r", "pass"), ("pass\n\n", "pass\n"),
    ("pass\r\n\r\n", "pass\r\n"), ("pass\n\r", "pass\n"), ("", ""), ("\n", ""), ("\r\n", ""), ("\r", ""),
    (" pass ", " pass "),
    ("\u{FEFF}pass\r\n", "pass"), ("\u{FEFF}", ""), ("pa\nss", "pa\nss"),
    ("pässwörd \u{1F511}\r\n", "pässwörd \u{1F511}"),
  ])
  func `one line end and a mark are no part of the secret`(content: String, secret: String) throws {
    #expect(try read(Array(content.utf8)) == secret)
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] where !content.hasPrefix("\u{FEFF}") {
      let marked = try #require(("\u{FEFF}" + content).data(using: encoding))
      #expect(try read([UInt8](marked)) == secret)
    }
  }

  @Test func `a file of Windows holds what a person types`() throws {
    let file = try Data(contentsOf: Vectors.root.appending(path: "TestVectors/passphrases/crlf.txt"))
    #expect(try read([UInt8](file)) == "correct horse battery")
  }

  @Test(arguments: [
    "pass", "two words", "tab\there", "pässwörd", "\u{1F511}", "\u{1F469}\u{200D}\u{1F4BB}", "\u{645}\u{200C}\u{6CC}",
    "\u{800}\u{FFFF}\u{D7FF}\u{E000}\u{10000}\u{10FFFF}\u{7FF}",
  ])
  func `text can be typed`(text: String) throws {
    try SecretLine.requireTypable(SecretBytes(copying: text.utf8.span))
  }

  @Test(
    arguments: [
      ([0x61, 0x0A, 0x62], "it holds more than one line, which nobody could type"),
      ([0x61, 0x0A], "it holds more than one line, which nobody could type"),
      ([0x61, 0x0D], "it holds more than one line, which nobody could type"),
      ([0x00], "it holds a control character, which nobody could type"),
      ([0x1B, 0x61], "it holds a control character, which nobody could type"),
      ([0x7F], "it holds a control character, which nobody could type"),
      // U+0085 and U+2028, which end lines too.
      ([0x61, 0xC2, 0x85], "it holds more than one line, which nobody could type"),
      ([0xE2, 0x80, 0xA8], "it holds more than one line, which nobody could type"),
      ([0xC2, 0x9B], "it holds a control character, which nobody could type"),
      ([0x61, 0xE2, 0x80, 0x8B, 0x62], "it holds the invisible character U+200B, which nobody could type"),
      // What is left of two byte order marks.
      ([0xEF, 0xBB, 0xBF, 0x61], "it holds the invisible character U+FEFF, which nobody could type"),
      ([0x61, 0xE2, 0x80, 0xAE], "it holds the invisible character U+202E, which nobody could type"),
      // Latin-1, cut off, overlong, a surrogate, beyond Unicode, a byte that follows nothing.
      ([0x70, 0xE4, 0x73], "it is not UTF-8: what is typed would be other bytes"),
      ([0xE2, 0x82], "it is not UTF-8: what is typed would be other bytes"),
      ([0xC0, 0xAF], "it is not UTF-8: what is typed would be other bytes"),
      ([0xE0, 0x9F, 0x80], "it is not UTF-8: what is typed would be other bytes"),
      ([0xED, 0xA0, 0x80], "it is not UTF-8: what is typed would be other bytes"),
      ([0xF0, 0x8F, 0xBF, 0xBF], "it is not UTF-8: what is typed would be other bytes"),
      ([0xF4, 0x90, 0x80, 0x80], "it is not UTF-8: what is typed would be other bytes"),
      ([0xF5, 0x80, 0x80, 0x80], "it is not UTF-8: what is typed would be other bytes"),
      ([0xE1, 0x80, 0x61], "it is not UTF-8: what is typed would be other bytes"),
      ([0x80], "it is not UTF-8: what is typed would be other bytes"),
      ([0xFF], "it is not UTF-8: what is typed would be other bytes"),
    ] as [([UInt8], String)])
  func `what nobody could type is refused`(bytes: [UInt8], reason: String) {
    #expect(throws: OATHError.malformedText(reason)) {
      try SecretLine.requireTypable(SecretBytes(copying: bytes.span))
    }
  }
}
