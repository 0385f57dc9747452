internal import ArgumentParser
internal import Interchange
internal import OATH
internal import OpenSSLCrypto

/// Options that describe a bare secret; a URI brings its own.
struct SecretOptions: ParsableArguments {
  @Option(help: "The hash: SHA1, SHA256 or SHA512, in any case. (default: SHA1)")
  var algorithm: AlgorithmArgument?

  @Option(help: "Digits of a code: 6, 7 or 8. (default: 6)")
  var digits: DigitsArgument?

  @Option(help: "Seconds in a step, 1 to 3600. (default: 30)")
  var period: PeriodArgument?

  @Flag(help: "Codes of a counter (HOTP, RFC 4226) instead of the time.")
  var hotp = false

  @Option(help: ArgumentHelp("The counter, which implies --hotp. (default: 0)", valueName: "number"))
  var counter: UInt64?

  @Option(help: "The issuer; no part of a code, taken so that an account is described in the same words everywhere.")
  var issuer: String?

  private var isHOTP: Bool { hotp || counter != nil }

  mutating func validate() throws {
    if isHOTP, period != nil { throw ValidationError("a counter has no --period") }
  }

  /// Whether none was given.
  var isEmpty: Bool { describesNoCodes && issuer == nil }

  /// Whether none was given but a name.
  var describesNoCodes: Bool { algorithm == nil && digits == nil && period == nil && !isHOTP }

  /// Reads standard input.
  func readInput() throws -> OTPAccount {
    let input = try Console.current.readInput(OTPAuthURI.maximumReadByteCount)
    return try input.withBytes { try read($0) }
  }

  /// Reads a URI, as `vmfa import` does, or a secret to which these options apply.
  func read(_ text: Span<UInt8>) throws -> OTPAccount {
    if !isEmpty, try AccountText.isURI(text) {
      throw CommandError(.usage, "--algorithm, --digits and the like describe a bare secret; the URI has its own")
    }
    return try AccountText.read(text) { secret in
      guard secret.count > 0 else {
        throw CommandError(.data, "there is no secret", hint: "a base32 secret or an otpauth:// URI is taken")
      }
      return try OTPAccount(
        label: OTPAuthLabel(issuer: issuer, account: ""), factor: changing(.totp(.standard)), secret: secret)
    }
  }

  /// Refuses a URI where a name belongs: it would go into lists and error messages, secret and all.
  /// - Parameter what: the kind of name, with its article.
  static func refuseURI(as name: String?, _ what: String = "the name of an account") throws {
    let name = name?.lowercased() ?? ""
    guard ["otpauth:", "otpauth-migration:", "steam:"].contains(where: name.contains) else { return }
    throw CommandError(
      .usage, "a URI is not \(what): it holds a secret, which others could read as an argument",
      hint: "give the URI on standard input")
  }

  /// A factor with what the options say in place of what it has.
  func changing(_ factor: OTPAuthURI.Factor) throws -> OTPAuthURI.Factor {
    let digits = digits?.value ?? factor.digits ?? .six, algorithm = algorithm?.value ?? factor.algorithm
    if isHOTP {
      // An account that counts already goes on from where it is: codes that were used are refused by the service.
      let known: UInt64 = if case .hotp(_, _, let counter) = factor { counter } else { 0 }
      return .hotp(algorithm: algorithm, digits: digits, counter: counter ?? known)
    }
    switch factor {
    case .hotp(_, _, let counter) where period == nil:
      return .hotp(algorithm: algorithm, digits: digits, counter: counter)
    case .steam where self.digits == nil && self.algorithm == nil && period == nil: return .steam
    default:
      return .totp(
        try TOTPParameters(algorithm: algorithm, digits: digits, period: period?.value ?? factor.period ?? 30))
    }
  }
}

/// The parameters of the options that were given, and the standard ones for the rest.
func totpParameters(
  algorithm: AlgorithmArgument?, digits: DigitsArgument?, period: PeriodArgument?
) throws -> TOTPParameters {
  try TOTPParameters(
    algorithm: algorithm?.value ?? .sha1, digits: digits?.value ?? .six,
    period: period?.value ?? TOTPParameters.standard.period)
}

/// `--algorithm`.
struct AlgorithmArgument: ExpressibleByArgument, Sendable {
  let value: HashAlgorithm

  init?(argument: String) {
    guard let value = try? HashAlgorithm(named: argument) else { return nil }
    self.value = value
  }

  static let allValueStrings = HashAlgorithm.allCases.map(\.rawValue)
}

/// `--digits`.
struct DigitsArgument: ExpressibleByArgument, Sendable {
  let value: Digits

  init?(argument: String) {
    guard let value = Digits.allCases.first(where: { String($0.rawValue) == argument }) else { return nil }
    self.value = value
  }

  static let allValueStrings = Digits.allCases.map { String($0.rawValue) }
}

/// `--period`.
struct PeriodArgument: ExpressibleByArgument, Sendable {
  let value: Int64

  init?(argument: String) {
    guard let value = Int64(argument), TOTPParameters.periods.contains(value) else { return nil }
    self.value = value
  }
}
