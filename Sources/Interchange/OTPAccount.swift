public import OATH
public import OpenSSLCrypto

/// One account of an authenticator: what a service handed out.
public final class OTPAccount: Sendable {
  /// Issuer and name.
  public let label: OTPAuthLabel
  /// What moves the codes on.
  public let factor: OTPAuthURI.Factor
  /// The key.
  public let secret: SecretBytes
  /// What the verifier whose file it comes from had learned; of no use to an authenticator.
  public let history: AccountHistory

  /// - Throws: ``OATHError/outOfRange(_:)`` for an empty or overlong secret.
  public init(
    label: OTPAuthLabel, factor: OTPAuthURI.Factor, secret: consuming SecretBytes,
    history: AccountHistory = AccountHistory()
  ) throws(OATHError) {
    guard (1...Base32.maximumByteCount).contains(secret.count) else {
      throw .outOfRange("a secret has 1 to \(Base32.maximumByteCount) bytes, not \(secret.count)")
    }
    // Aegis and Google's apps count in signed numbers: what they could not read back is not taken.
    if case .hotp(_, _, let counter) = factor, counter > UInt64(Int64.max) {
      throw .outOfRange("a counter is at most \(Int64.max)")
    }
    self.label = label
    self.factor = factor
    self.secret = secret
    self.history = history
  }

  /// The account that a URI describes.
  public convenience init(_ uri: borrowing OTPAuthURI) throws(OATHError) {
    try self.init(label: uri.label, factor: uri.factor, secret: uri.secret.copy())
  }

  /// The account as a URI.
  public func uri() throws(OATHError) -> OTPAuthURI {
    try OTPAuthURI(secret: secret.copy(), label: label, factor: factor)
  }

  /// Whether both show the same codes: same secret, same parameters. A counter may have moved on in one of them.
  public func showsSameCodes(as other: OTPAccount) -> Bool {
    let sameSecret = secret.withBytes { a in other.secret.withBytes { b in ConstantTime.equal(a, b) } }
    return sameSecret && factor.withoutCounter == other.factor.withoutCounter
  }
}

extension OTPAccount {
  /// Equal for accounts that show the same codes, and telling nothing of the secret.
  package func fingerprint() throws -> String {
    let hash = try secret.withBytes { try SHA256.hash($0) }
    return "\(hash) \(factor.withoutCounter)"
  }
}

extension OTPAuthURI.Factor {
  fileprivate var withoutCounter: OTPAuthURI.Factor {
    if case .hotp(let algorithm, let digits, _) = self {
      .hotp(algorithm: algorithm, digits: digits, counter: 0)
    } else {
      self
    }
  }
}
