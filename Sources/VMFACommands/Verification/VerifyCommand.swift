internal import ArgumentParser
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// `vmfa verify`.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a code of a user, and spend it.",
    discussion: "Prints accepted (exit status 0) or rejected (1, or 75 while the user is locked).")

  @Argument(help: "Whose code it is.")
  var user: String

  @Argument(help: "The code, or a recovery code; - reads it from standard input.")
  var code: String

  @OptionGroup var options: VerifierOptions
  @OptionGroup var moment: MomentOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    let user = try UserName(user), given = try CodeArguments.text(code)
    let verdict: Verdict
    if given.withBytes({ RecoveryCode.isTyped($0) }) {
      let recovery = try given.withBytes { try RecoveryCode(parsing: $0) }
      let verifier = try await options.verifier(isDrill: moment.isGiven)
      verdict = try await verifier.verify(recovery, of: user, at: moment.moment())
    } else {
      verdict = try await verify(given, of: user)
    }
    let status = try Console.current.answer(verdict, json: json)
    if status != .done { throw Ending(status) }
  }

  private func verify(_ text: borrowing SecretBytes, of user: UserName) async throws -> Verdict {
    let code: OneTimeCode
    do { code = try text.withBytes { try CodeArguments.code($0) } } catch let wrong as WrongCodeLength {
      throw await wrong.explained(for: user) { try await options.verifier(isDrill: true) }
    }
    let verifier = try await options.verifier(isDrill: moment.isGiven)
    do { return try await verifier.verify(code, of: user, at: moment.moment()) } catch let error as VerifierError {
      guard case .wrongCodeLength = error else { throw error }
      let wrong = WrongCodeLength(count: code.length.rawValue, ordinal: nil, error: error)
      throw await wrong.explained(for: user) { verifier }
    }
  }
}
