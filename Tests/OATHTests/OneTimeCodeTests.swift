import Foundation
@testable import OATH
import TestSupport
import Testing

@Suite struct OneTimeCodeTests {
  struct File: Decodable {
    var valid: String
    var variants: [String]
  }
  static let file = Vectors.load("codes/input_variants.json", as: File.self)

  @Test(arguments: file.variants) func `every spelling is refused, or is the one code`(variant: String) throws {
    let valid = try OneTimeCode(parsing: Self.file.valid)
    do {
      let code = try OneTimeCode(parsing: variant)
      // White space at the ends is dropped; another number of digits is another code.
      #expect(code.digits.utf8.count != 6 || code == valid)
      #expect(variant.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x20, 0x0A].contains($0) })
    } catch {
      guard case .malformedCode(let message) = error else { Issue.record("\(error)"); return }
      #expect(!message.contains("678608"))
    }
  }

  @Test(arguments: ["", " ", "12345", "123456789", "12345a", "１２３４５６", "123 456", "+12345", "-12345", "123456\0"])
  func `malformed`(text: String) {
    #expect(throws: OATHError.self) { _ = try OneTimeCode(parsing: text) }
  }

  @Test(arguments: [
    "678 608", "678\u{A0}608", " 678608\r\n", "\u{A0}678608", "678608\u{202F}", "67 86 08", "6\u{2009}78608",
    "678\u{200A}608", "678\u{3000}608", "678\u{205F}608", "678\u{1680}608",
    "678\u{2000}608", "678608",
  ]) func `a typed code may be in groups`(text: String) throws {
    #expect(try OneTimeCode(typed: text) == OneTimeCode(parsing: "678608"))
  }

  @Test(arguments: [
    "", " ", "\u{A0}", "678-608", "６７８６０８", "678608\n123456", "678\t608", "678\n608", "678\r608", "12 345",
    "1234 56789",
    "678608\u{A0}a", "678\u{AD}608", "\u{FEFF}678608", "678\u{200B}608", "678\u{2060}608", "678608\u{2028}", "678608\0",
    "678\u{C2}608",
  ]) func `a typed code is digits all the same`(text: String) {
    #expect(throws: OATHError.self) { _ = try OneTimeCode(typed: text) }
  }

  @Test(
    arguments: [[0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0xC2], [0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0xE2, 0x80]]
      as [[UInt8]])
  func `a space that is cut off is none`(bytes: [UInt8]) {
    #expect(throws: OATHError.self) { _ = try OneTimeCode(typed: bytes.span) }
  }

  @Test func `a code of the wrong length is told how long it is`() {
    #expect(throws: OATHError.malformedCode("a code is 6, 7 or 8 digits, not 5")) {
      _ = try OneTimeCode(typed: "12 345")
    }
  }

  @Test func `length is part of a code`() throws {
    #expect(try OneTimeCode(parsing: "001234") != OneTimeCode(parsing: "0001234"))
    #expect(try OneTimeCode(parsing: " 001234\r\n").digits == "001234")
  }

  @Test(arguments: Digits.allCases) func `a truncated hash becomes its lowest digits`(length: Digits) {
    // Every pair of digits at every place, the ends, and others.
    var numbers: [UInt32] = [0, 9, 10, 99, 100, 999, 9_999, 10_000, 99_999_999, 100_000_000, 0x7FFF_FFFF]
    for pair in 0..<100 as Range<UInt32> {
      numbers += [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].map { pair * $0 }
    }
    numbers += stride(from: 7, to: 0x7FFF_FFFF, by: 104_729)
    for number in numbers {
      let digits = String(String(format: "%010u", number).suffix(length.rawValue))
      #expect(OneTimeCode(truncated: number, length: length).digits == digits)
    }
  }

  @Test func `a code does not describe itself`() throws {
    let code = try OneTimeCode(parsing: "271828")
    var dumped = ""
    dump(code, to: &dumped)
    #expect(!"\(code) \(String(reflecting: code)) \(dumped)".contains("271828"))
  }
}
