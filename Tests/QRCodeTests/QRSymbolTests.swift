import QRCode
import Testing

@Suite struct QRSymbolTests {
  static let longest = "otpauth://totp/" + String(repeating: "%C3%A9", count: 480) + "?s"

  @Test func `the level rises only where the symbol stays small`() throws {
    let short = try QRSymbol(encoding: "otpauth://totp/a?secret=AA")
    #expect(short.version == 2 && short.width == 25)
    #expect(short.errorCorrection == .medium)
    for length in stride(from: 1, through: QRSymbol.maximumByteCount, by: 89) {
      let symbol = try QRSymbol(encoding: String(repeating: "a", count: length))
      #expect(symbol.width == 17 + 4 * symbol.version)
    }
    let most = try QRSymbol(encoding: String(repeating: "a", count: 2953))
    #expect(most.version == 40 && most.errorCorrection == .low)
  }

  @Test(arguments: [0, 2954]) func `what no symbol holds`(count: Int) {
    #expect(throws: QRCodeError.invalidLength(byteCount: count)) {
      _ = try QRSymbol(encoding: String(repeating: "a", count: count))
    }
  }

  @Test(arguments: ["otpauth://totp/a?secret=AA", longest]) func `the PNG decodes`(text: String) async throws {
    #expect(try await ZBar.decode(QRSymbol(encoding: text).png(scale: 4)) == text)
  }

  @Test(arguments: [0, 65]) func `scales that make no image`(scale: Int) throws {
    let symbol = try QRSymbol(encoding: "a")
    #expect(throws: QRCodeError.self) { _ = try symbol.png(scale: scale) }
  }

  @Test func `the SVG draws every dark module once, inside the quiet zone`() throws {
    let symbol = try QRSymbol(encoding: "otpauth://totp/a?secret=AA")
    let svg = symbol.svg()
    let path = try #require(svg.split(separator: "fill=\"#000\" d=\"").last?.split(separator: "\"").first)
    var drawn: Set<[Int]> = []
    for bar in path.split(separator: "z") {
      let numbers = bar.split { !$0.isNumber }.compactMap { Int($0) }
      try #require(numbers.count == 5)
      for column in numbers[0]..<numbers[0] + numbers[2] {
        #expect(drawn.insert([column - 4, numbers[1] - 4]).inserted)
      }
    }
    for row in 0..<symbol.width {
      for column in 0..<symbol.width {
        #expect(drawn.contains([column, row]) == symbol.isDark(column: column, row: row))
      }
    }
    #expect(svg.contains("viewBox=\"0 0 33 33\""))
  }
}
