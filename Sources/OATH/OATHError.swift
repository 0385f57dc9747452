public import OpenSSLCrypto

/// Why a value of OATH could not be made. Never holds a code or a secret.
public enum OATHError: Error, Equatable, Sendable {
  /// A code that is not exactly 6, 7 or 8 ASCII digits.
  case malformedCode(String)
  /// Text that is not base32.
  case malformedBase32(String)
  /// Text in an encoding that is not read, or broken in it.
  case malformedText(String)
  /// Text that is not an otpauth URI of this kind.
  case malformedURI(String)
  /// A parameter outside the range of its RFC or of the key URI format.
  case outOfRange(String)
  /// libcrypto gave no result.
  case crypto(CryptoError)
}

extension OATHError: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .malformedCode(let reason), .malformedBase32(let reason), .malformedText(let reason),
      .malformedURI(let reason), .outOfRange(let reason):
      reason
    case .crypto(let error): error.description
    }
  }
}
