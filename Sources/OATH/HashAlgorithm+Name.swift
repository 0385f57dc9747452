public import OpenSSLCrypto

extension HashAlgorithm {
  /// The algorithm of a name in any case, with or without a dash: `SHA1`, `sha-256`.
  /// - Throws: ``OATHError/outOfRange(_:)`` for any other: a code under another hash would be a wrong code.
  public init(named name: String) throws(OATHError) {
    let known = HashAlgorithm(rawValue: name.uppercased().filter { $0 != "-" })
    guard let known else { throw .outOfRange("the algorithm must be SHA1, SHA256 or SHA512") }
    self = known
  }
}
