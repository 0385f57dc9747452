internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// Codes as they are typed: on the command line, where their use spends them, or on standard input.
enum CodeArguments {
  private static let inputLimit = 4096

  /// What was typed for a code; `-` reads it from standard input.
  static func text(_ argument: String) throws -> SecretBytes {
    guard argument == "-" else { return SecretBytes(copying: Array(argument.utf8).span) }
    return try Console.current.readInput(inputLimit)
  }

  /// Two consecutive codes; `-` reads both, separated by white space, from standard input, as `vmfa pair` prints them.
  static func pair(_ first: String, _ second: String?) throws -> CodePair {
    if let second { return CodePair(try OneTimeCode(parsing: first), try OneTimeCode(parsing: second)) }
    guard first == "-" else {
      throw CommandError(
        .usage, "the second code is missing", hint: "two consecutive codes are needed, or - for standard input")
    }
    let words = try Console.current.readInput(inputLimit).withBytes { text in
      text.array.split(whereSeparator: \.isASCIIWhiteSpace)
    }
    guard words.count == 2 else {
      throw CommandError(.data, "standard input holds \(words.count) codes, and two are needed")
    }
    return CodePair(try OneTimeCode(parsing: Array(words[0]).span), try OneTimeCode(parsing: Array(words[1]).span))
  }
}
