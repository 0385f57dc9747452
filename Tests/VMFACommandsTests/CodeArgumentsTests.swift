import OATH
import OpenSSLCrypto
import Testing
import Verifier

@testable import VMFACommands

@Suite struct CodeArgumentsTests {
  private func pair(_ input: String) async throws -> [String] {
    var console = Console.current
    console.readInput = { _ in SecretBytes(copying: input.utf8.span) }
    return try Console.$current.withValue(console) {
      let pair = try CodeArguments.pair("-", nil)
      return [pair.first.digits, pair.second.digits]
    }
  }

  @Test(arguments: [
    "123456\n654321\n", "123456 654321", "123 456\n654 321\n", "123 456 654 321", "123\u{A0}456 654\u{A0}321",
    "123456\r\n654321\r\n", "\n123456\n\n654321\n", "\u{FEFF}123456\t654321", "12 34 56 65 43 21",
  ])
  func `both codes are read as they are shown`(input: String) async throws {
    #expect(try await pair(input) == ["123456", "654321"])
  }

  @Test(arguments: ["123456", "123456\n654321\n111111", "123 456 654", "", "\n"]) func `two are needed`(input: String)
    async
  {
    await #expect(throws: CommandError.self) { _ = try await pair(input) }
  }

  @Test(arguments: [("123", 3), ("12345", 5), ("123 456 789", 9), ("1", 1)]) func `too few and too many are counted`(
    text: String, count: Int
  ) {
    #expect(
      performing: { _ = try CodeArguments.code(text.utf8.span) }, throws: { ($0 as? WrongCodeLength)?.count == count })
  }

  @Test(arguments: ["", " ", "123-456", "１２３４５６", "12345a"]) func `other text is no code`(text: String) {
    #expect(throws: OATHError.self) { _ = try CodeArguments.code(text.utf8.span) }
  }
}
