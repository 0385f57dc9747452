public import OpenSSLCrypto

/// Everything about time-based codes (RFC 6238) but the secret.
public struct TOTPParameters: Sendable, Hashable {
  /// The hash under the HMAC.
  public let algorithm: HashAlgorithm
  /// The length of the codes.
  public let digits: Digits
  /// X of the RFC: seconds in a step, 1 to 3600.
  public let period: Int64
  /// T0 of the RFC: when step 0 begins.
  public let t0: UnixTime

  /// Periods that are taken, in seconds.
  public static let periods: ClosedRange<Int64> = 1...3600
  /// SHA-1, six digits, 30 seconds: what every authenticator app assumes.
  public static let standard = TOTPParameters(unchecked: .sha1, digits: .six, period: 30, t0: .epoch)

  private init(unchecked algorithm: HashAlgorithm, digits: Digits, period: Int64, t0: UnixTime) {
    self.algorithm = algorithm
    self.digits = digits
    self.period = period
    self.t0 = t0
  }

  /// - Throws: ``OATHError/outOfRange(_:)`` for a period outside 1 to 3600 seconds.
  public init(
    algorithm: HashAlgorithm = .sha1, digits: Digits = .six, period: Int64 = 30, t0: UnixTime = .epoch
  ) throws(OATHError) {
    guard Self.periods.contains(period) else {
      throw .outOfRange("a period is 1 to 3600 seconds, not \(period)")
    }
    self.init(unchecked: algorithm, digits: digits, period: period, t0: t0)
  }

  /// T of RFC 6238 §4.2: the number of the step that holds `time`; below zero before t0.
  public func step(at time: UnixTime) -> Int64 {
    let elapsed = time.seconds - t0.seconds
    let (quotient, remainder) = elapsed.quotientAndRemainder(dividingBy: period)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// Seconds until the step that holds `time` is over: 1 to ``period``.
  public func secondsRemaining(at time: UnixTime) -> Int64 {
    period - (time.seconds - t0.seconds - step(at: time) * period)
  }
}

/// Time-based one-time passwords (RFC 6238) of one secret.
public struct TOTP: ~Copyable {
  private var hotp: HOTP
  /// Algorithm, digits, period and t0.
  public let parameters: TOTPParameters

  /// Sets the key once for all the steps that will be asked for.
  public init(secret: borrowing SecretBytes, parameters: TOTPParameters = .standard) throws(OATHError) {
    hotp = try HOTP(secret: secret, algorithm: parameters.algorithm, digits: parameters.digits)
    self.parameters = parameters
  }

  /// The code of one step; nil before t0, where there are no steps.
  public mutating func code(step: Int64) throws(OATHError) -> OneTimeCode? {
    guard let counter = UInt64(exactly: step) else { return nil }
    return try hotp.code(counter: counter)
  }

  /// The code at `time`; nil before t0.
  public mutating func code(at time: UnixTime) throws(OATHError) -> OneTimeCode? {
    try code(step: parameters.step(at: time))
  }
}
