import JSONText
import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct JSONValueTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8).span) }
  private func raw(_ value: JSONValue) -> String {
    value.withRawBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
  }

  @Test func `kinds, members and elements, in place`() throws {
    let value = try parse(" {\"a\" : [1, -2.5e3, true,null, \"x\" ] ,\"b\":{}, \"a\":7}\n")
    #expect(value.members?.map(\.key) == ["a", "b", "a"])
    #expect(value["a"]?.integer == 7 && value["b"]?.members?.isEmpty == true && value["c"] == nil)
    let elements = try #require(value.members?[0].value.elements)
    #expect(elements.map(raw) == ["1", "-2.5e3", "true", "null", "\"x\""])
    #expect(elements[0].integer == 1 && elements[1].integer == nil && elements[2].bool == true)
    #expect(elements[4].string == "x" && elements[0].string == nil)
    #expect(try parse("[]").elements?.isEmpty == true)
  }

  @Test(arguments: [
    ("\"\"", ""), ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\u{8}\u{C}\n\r\t"), ("\"\\u00e9\\u6f22\"", "é漢"),
    ("\"\\ud83d\\ude00\"", "😀"), ("\"é漢😀\"", "é漢😀"), ("\"\\u0000\"", "\0"),
  ])
  func `strings`(literal: String, text: String) throws {
    #expect(try parse(literal).string == text)
    #expect(try parse(literal).secretString()?.string() == text)
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "01", "1.", "1e", "-", "+1", ".5", "tru", "nul", "\"",
    "\"\\x\"",
    "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\n\"", "1 2", "[1 2]", "]", "\"a\\", "NaN", "[1}",
  ])
  func `broken`(text: String) {
    #expect(throws: JSONError.self) { _ = try parse(text) }
  }

  @Test func `broken UTF-8 and nesting without end`() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
    ] {
      #expect(throws: JSONError.self) { _ = try JSONValue(parsing: bytes.span) }
    }
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.tooDeep) { _ = try parse(deep) }
    #expect(throws: Never.self) { _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) }
  }

  @Test func `what is written reads back`() throws {
    var random = SeededGenerator(seed: 8259)
    let scalars = Array("a\"\\/\u{1}\n\u{7F}é漢😀\u{2028}".unicodeScalars)
    for _ in 0..<2000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...20, using: &random) { text.append(scalars.randomElement(using: &random) ?? "x") }
      var writer = JSONWriter()
      writer.object(["k"]) { writer, _ in writer.array(count: 1) { writer, _ in writer.string(String(text)) } }
      let written = writer.finish()
      #expect(try JSONValue(parsing: written.copy())["k"]?.elements?[0].string == String(text))
    }
  }
}
