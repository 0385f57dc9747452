public import OpenSSLCrypto

extension HashAlgorithm {
  /// The algorithm of a name in any case, with or without separators, and with or without `HMAC` before it: `SHA1`,
  /// `sha-256`, `HmacSHA512`.
  /// - Throws: ``OATHError/outOfRange(_:)`` for any other: a code under another hash would be a wrong code.
  public init(named name: String) throws(OATHError) {
    var short = name.uppercased().filter { !"-_ ".contains($0) }
    if short.hasPrefix("HMAC") { short = String(short.dropFirst(4)) }
    guard let known = HashAlgorithm(rawValue: short) else {
      throw .outOfRange("the algorithm must be SHA1, SHA256 or SHA512")
    }
    self = known
  }
}
