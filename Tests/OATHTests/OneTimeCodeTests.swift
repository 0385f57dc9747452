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
