internal import COpenSSL

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// The 32-byte hash of `message`.
  public static func hash(_ message: Span<UInt8>) throws(CryptoError) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: 32)
    var written = 0
    let done = unsafe message.withUnsafeBufferPointer { input in
      unsafe EVP_Q_digest(nil, "SHA256", nil, input.baseAddress, input.count, &hash, &written)
    }
    guard done == 1, written == hash.count else { throw .drainingQueue(after: "hashing with SHA-256") }
    return hash
  }
}
