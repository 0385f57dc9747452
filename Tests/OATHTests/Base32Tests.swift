import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct Base32Tests {
  struct File: Decodable {
    struct Pair: Decodable, Sendable { var text, base32: String }
    var vectors, lenient: [Pair]
    var strictRefuses, bothRefuse: [String]
  }
  static let file = Vectors.load("rfc4648/base32.json", as: File.self)

  private func decode(_ text: String, _ reading: Base32.Reading) throws -> String {
    try Base32.decode(Array(text.utf8).span, reading).string()
  }

  @Test(arguments: file.vectors) func `RFC 4648 section 10, both ways`(pair: File.Pair) throws {
    func encode(padded: Bool) -> String { Base32.encode(Array(pair.text.utf8).span, padded: padded).string() }
    #expect(encode(padded: true) == pair.base32)
    #expect(encode(padded: false) == pair.base32.filter { $0 != "=" })
    #expect(try decode(pair.base32, .strict) == pair.text)
    #expect(try decode(pair.base32, .lenient) == pair.text)
  }

  @Test(arguments: file.lenient) func `what people paste is read leniently`(pair: File.Pair) throws {
    #expect(try decode(pair.base32, .lenient) == pair.text)
  }

  @Test(arguments: file.strictRefuses) func `and refused strictly`(text: String) {
    #expect(throws: OATHError.self) { _ = try decode(text, .strict) }
  }

  @Test(arguments: file.bothRefuse) func `what is no base32 in any reading`(text: String) {
    for reading in [Base32.Reading.strict, .lenient] {
      #expect { _ = try decode(text, reading) } throws: { "\($0)".contains(text) == false }
    }
  }

  @Test func `1,024 bytes are taken, 1,025 are not`() throws {
    let most = Base32.encode([UInt8](repeating: 7, count: 1024).span, padded: false).string()
    #expect(try decode(most, .lenient).utf8.count == 1024)
    let over = Base32.encode([UInt8](repeating: 7, count: 1025).span, padded: false).string()
    #expect(throws: OATHError.self) { _ = try decode(over, .lenient) }
  }

  @Test func `round trip of random bytes of every length`() throws {
    var random = SeededGenerator(seed: 32)
    for length in 0...200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let padded = Base32.encode(bytes.span, padded: true)
      let strict = try padded.withBytes { try Base32.decode($0, .strict) }
      #expect(strict.bytes() == bytes)
      let mixed: String = padded.string().map { Bool.random(using: &random) ? $0.lowercased() : "\($0)" }
        .joined(separator: Bool.random(using: &random) ? "-" : " ")
      let read = try Base32.decode(Array(mixed.utf8).span, .lenient)
      #expect(read.bytes() == bytes)
    }
  }

  @Test(arguments: [
    "MZXW6YTBOI", " mzxw 6ytb oi ", "\n\nMZXW6YTBOI======\r\n \r\n", "MZXW-6YTB-OI", "MZXW\u{A0}6YTB\u{A0}OI\u{2028}",
    "\u{FEFF}MZXW6YTBOI", "MZXW6YTBOI ======",
  ])
  func `one secret, whole or in groups`(text: String) throws {
    #expect(try Base32.decodeOne(Array(text.utf8).span).string() == "foobar")
  }

  @Test(arguments: [
    "MZXW\n6YTBOI", "MZXW\r6YTBOI", "MZXW\u{2028}6YTBOI", "MZXW\u{85}6YTBOI", "MZXW\u{B}6YTBOI", "MZXW6YTBOI\n-",
    "MZXW6YTBOI\n=",
    "GEZDGNBVGY3TQOJQ GITHUB", "GITHUB GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQ\u{A0}GEZDGNBVGY3TQOJQ",
  ])
  func `two lines, and two words of which one is a secret, are not joined`(text: String) {
    #expect { _ = try Base32.decodeOne(Array(text.utf8).span) } throws: { "\($0)".contains("joined") }
  }

  @Test func `groups of up to 15 digits are groups of one secret`() throws {
    let group = "GEZDGNBVGY3TQOJ"
    #expect(try Base32.decodeOne(Array("\(group) \(group.prefix(9))".utf8).span).count == 15)
    #expect(throws: OATHError.self) { _ = try Base32.decodeOne(Array("\(group)Q \(group)Q".utf8).span) }
    let none: [UInt8] = []
    #expect(try Base32.decodeOne(none.span).count == 0)
  }

  @Test func `hexadecimal digits come in pairs, and one pair at least`() throws {
    func decode(_ text: String) throws -> [UInt8] { try SecretBytes(hexadecimal: Array(text.utf8).span).bytes() }
    #expect(try decode("00fFa0") == [0, 255, 160])
    for text in ["", "7", "7g", "g7", "777", " 7", "0x"] { #expect(throws: OATHError.self) { _ = try decode(text) } }
    #expect([UInt8](hexadecimal: Array("00fFa0".utf8)) == [0, 255, 160] && [UInt8](hexadecimal: []) == [])
    #expect([UInt8](hexadecimal: Array("0".utf8)) == nil && [UInt8](hexadecimal: Array("0g".utf8)) == nil)
    #expect([0, 9, 10, 15, 16, 255].hexadecimal == "00090a0f10ff")
  }
}
