internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// Codes as they are typed: on the command line, where their use spends them, or on standard input.
enum CodeArguments {
  private static let inputLimit = 4096

  /// The text that was typed for a code, in UTF-8; `-` reads it from standard input.
  static func text(_ argument: String) throws -> SecretBytes {
    guard argument == "-" else { return SecretBytes(copying: argument.utf8.span) }
    return try Console.current.readInput(inputLimit).withBytes { (text) throws(OATHError) in try TextDecoding.utf8(text)
    }
  }

  /// - Throws: ``WrongCodeLength`` for digits that are too few or too many, `OATHError` for other text.
  static func code(_ text: Span<UInt8>, _ ordinal: WrongCodeLength.Ordinal? = nil) throws -> OneTimeCode {
    do throws(OATHError) { return try OneTimeCode(typed: text) } catch {
      guard let count = OneTimeCode.digitCount(typed: text), count > 0 else { throw error }
      throw WrongCodeLength(count: count, ordinal: ordinal, error: error)
    }
  }

  /// Two consecutive codes; `-` reads both from standard input: one a line, as `vmfa pair` prints them, or both in one line,
  /// in groups of equal number.
  static func pair(_ first: String, _ second: String?) throws -> CodePair {
    if let second { return CodePair(try code(first.utf8.span, .first), try code(second.utf8.span, .second)) }
    guard first == "-" else {
      throw CommandError(
        .usage, "the second code is missing", hint: "two consecutive codes are needed, or - for standard input")
    }
    let codes = try text("-").withBytes { parts(of: $0.array) }
    guard codes.count == 2 else {
      throw CommandError(.data, "standard input holds \(codes.count) codes, and two are needed")
    }
    let (first, second) = (codes[0], codes[1])
    return CodePair(try code(first.span, .first), try code(second.span, .second))
  }

  private static func parts(of text: [UInt8]) -> [[UInt8]] {
    let lines = text.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      .filter { !$0.allSatisfy(\.isASCIIWhiteSpace) }
    guard lines.count == 1 else { return lines.map { Array($0) } }
    let groups = lines[0].split(whereSeparator: \.isASCIIWhiteSpace)
    guard groups.count.isMultiple(of: 2) else { return groups.map { Array($0) } }
    return [groups.prefix(groups.count / 2), groups.suffix(groups.count / 2)].map { Array($0.joined()) }
  }
}
