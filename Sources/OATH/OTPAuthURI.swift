public import OpenSSLCrypto

/// A secret with everything an authenticator needs, as the key URI format of Google Authenticator carries it:
/// `otpauth://TYPE/LABEL?PARAMETERS`.
public struct OTPAuthURI: ~Copyable, Sendable {
  /// What moves the codes on.
  public enum Factor: Sendable, Hashable {
    /// Time (RFC 6238).
    case totp(TOTPParameters)
    /// A counter (RFC 4226); `counter` is the next one to use.
    case hotp(algorithm: HashAlgorithm, digits: Digits, counter: UInt64)
    /// Time, as Steam shows it: five letters and digits; see ``SteamCode``.
    case steam
  }

  /// A parameter that this format does not define, kept as it came.
  public struct Parameter: Sendable, Hashable {
    /// Its name, decoded.
    public let name: String
    /// Its value, decoded.
    public let value: String
  }

  /// The key, decoded.
  public let secret: SecretBytes
  /// Issuer and account.
  public let label: OTPAuthLabel
  /// Time or counter.
  public let factor: Factor
  /// Parameters that the format does not define, in the order in which they came.
  public let unknownParameters: [Parameter]

  /// - Throws: ``OATHError/outOfRange(_:)`` for an empty or overlong secret, or a t0 that a URI cannot carry.
  public init(
    secret: consuming SecretBytes, label: OTPAuthLabel, factor: Factor, unknownParameters: [Parameter] = []
  ) throws(OATHError) {
    guard (1...Base32.maximumByteCount).contains(secret.count) else {
      throw .outOfRange("a secret has 1 to \(Base32.maximumByteCount) bytes, not \(secret.count)")
    }
    if case .totp(let parameters) = factor, parameters.t0 != .epoch {
      throw .outOfRange("an otpauth URI cannot carry a t0 other than 0")
    }
    self.secret = secret
    self.label = label
    self.factor = factor
    self.unknownParameters = unknownParameters
  }

  /// The URI, in UTF-8 (all ASCII). What equals the format's default is left out, so that the QR symbol stays small.
  public func text() -> SecretBytes {
    let head = "otpauth://\(factor.typeName)/\(label.path)?secret="
    var tail = ""
    if let issuer = label.issuer { tail += "&issuer=" + PercentEncoding.encode(issuer) }
    for (name, value) in factor.parametersToWrite { tail += "&\(name)=\(value)" }
    for parameter in unknownParameters {
      tail += "&\(PercentEncoding.encode(parameter.name))=\(PercentEncoding.encode(parameter.value))"
    }
    let encoded = secret.withBytes { Base32.encode($0, padded: false) }
    return encoded.withBytes { encoded in
      SecretBytes(count: head.utf8.count + encoded.count + tail.utf8.count) { text in
        var next = 0
        for byte in head.utf8 {
          text[next] = byte
          next += 1
        }
        for index in encoded.indices { text[next + index] = encoded[index] }
        next += encoded.count
        for byte in tail.utf8 {
          text[next] = byte
          next += 1
        }
      }
    }
  }
}

extension OTPAuthURI.Factor {
  /// The hash under the HMAC.
  public var algorithm: HashAlgorithm {
    switch self {
    case .totp(let parameters): parameters.algorithm
    case .hotp(let algorithm, _, _): algorithm
    case .steam: .sha1
    }
  }

  /// The length of the codes; nil for Steam's, which are no digits.
  public var digits: Digits? {
    switch self {
    case .totp(let parameters): parameters.digits
    case .hotp(_, let digits, _): digits
    case .steam: nil
    }
  }

  /// Seconds in a step; nil for a counter.
  public var period: Int64? {
    switch self {
    case .totp(let parameters): parameters.period
    case .hotp: nil
    case .steam: SteamCode.period
    }
  }

  /// `totp`, `hotp` or `steam`, as URIs have it.
  public var typeName: String {
    switch self {
    case .totp: "totp"
    case .hotp: "hotp"
    case .steam: "steam"
    }
  }

  /// Name and value of all that differs from the defaults; a counter has none.
  fileprivate var parametersToWrite: [(String, String)] {
    var written: [(String, String)] = []
    if algorithm != .sha1 { written.append(("algorithm", algorithm.rawValue)) }
    if let digits, digits != .six { written.append(("digits", String(digits.rawValue))) }
    switch self {
    case .totp(let parameters):
      if parameters.period != TOTPParameters.standard.period { written.append(("period", String(parameters.period))) }
    case .hotp(_, _, let counter):
      written.append(("counter", String(counter)))
    case .steam: break
    }
    return written
  }
}
