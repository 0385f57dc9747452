/// The hash functions that RFC 6238 §1.2 allows under HMAC.
public enum HashAlgorithm: String, Sendable, Hashable, CaseIterable {
  case sha1 = "SHA1"
  case sha256 = "SHA256"
  case sha512 = "SHA512"

  /// Length of the hash, and so of an HMAC under it, in bytes.
  public var byteCount: Int {
    switch self {
    case .sha1: 20
    case .sha256: 32
    case .sha512: 64
    }
  }
}
