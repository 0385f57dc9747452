internal import COpenSSL

/// PBKDF2 (RFC 8018) under HMAC: what other programs' files derive their keys with.
public enum PBKDF2 {
  /// `count` bytes derived from `passphrase` and `salt`; the iterations are bounded by the caller, who read them.
  public static func deriveKey(
    from passphrase: borrowing SecretBytes, salt: [UInt8], hash: HashAlgorithm, iterations: Int, count: Int
  ) throws(CryptoError) -> SecretBytes {
    guard let digest = unsafe EVP_MD_fetch(nil, hash.rawValue, nil) else {
      throw .drainingQueue(after: "finding \(hash.rawValue)")
    }
    defer { unsafe EVP_MD_free(digest) }
    guard let iterations = Int32(exactly: iterations), iterations > 0 else {
      throw .invalidCost("PBKDF2 runs at least once")
    }
    return try SecretBytes(count: count) { output throws(CryptoError) in
      let done = passphrase.withBytes { passphrase in
        unsafe passphrase.withUnsafeBufferPointer { passphrase in
          unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe passphrase.withMemoryRebound(to: CChar.self) { passphrase in
              unsafe PKCS5_PBKDF2_HMAC(
                passphrase.baseAddress, Int32(passphrase.count), salt, Int32(salt.count), iterations, digest,
                Int32(output.count), output.baseAddress)
            }
          }
        }
      }
      guard done == 1 else { throw .drainingQueue(after: "running PBKDF2") }
    }
  }
}
