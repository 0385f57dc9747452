public import OpenSSLCrypto

/// Steam's codes: those of TOTP (SHA-1, 30 seconds) up to the truncation, then written in an alphabet of 26.
public enum SteamCode {
  /// Seconds in a step.
  public static let period: Int64 = 30
  private static let alphabet = Array("23456789BCDFGHJKMNPQRTVWXY")

  /// Five characters.
  public static func code(secret: borrowing SecretBytes, step: UInt64) throws(OATHError) -> String {
    var hotp = try HOTP(secret: secret)
    var rest = try hotp.truncatedHash(counter: step)
    var code = ""
    for _ in 0..<5 {
      code.append(alphabet[Int(rest % 26)])
      rest /= 26
    }
    return code
  }
}

extension OTPAuthURI.Factor {
  /// The code as a person reads it, `offset` steps (or counts) after the one of `time` (or of the counter).
  /// - Throws: ``OATHError/outOfRange(_:)`` before t0 and past the end of the counter.
  public func code(
    of secret: borrowing SecretBytes, at time: UnixTime, offset: Int64 = 0
  ) throws(OATHError) -> String {
    switch self {
    case .totp(let parameters):
      var totp = try TOTP(secret: secret, parameters: parameters)
      guard let code = try totp.code(step: parameters.step(at: time) + offset) else {
        throw .outOfRange("there are no codes before t0")
      }
      return code.digits
    case .hotp(let algorithm, let digits, let counter):
      guard let moved = Int64(exactly: offset).flatMap({ UInt64(exactly: $0) }), counter <= UInt64.max - moved else {
        throw .outOfRange("the counter has no code there")
      }
      var hotp = try HOTP(secret: secret, algorithm: algorithm, digits: digits)
      return try hotp.code(counter: counter + moved).digits
    case .steam:
      guard let step = UInt64(exactly: time.seconds / SteamCode.period + offset) else {
        throw .outOfRange("there are no codes before t0")
      }
      return try SteamCode.code(secret: secret, step: step)
    }
  }

  /// Seconds until the code of `time` is over; nil for a counter.
  public func secondsRemaining(at time: UnixTime) -> Int64? {
    switch self {
    case .totp(let parameters): parameters.secondsRemaining(at: time)
    case .hotp: nil
    case .steam: SteamCode.period - time.seconds % SteamCode.period
    }
  }
}
