internal import COpenSSL

/// AES-CBC of 128 or 256 bits with PKCS#7 padding, to open what other programs wrote. Nothing is sealed with it: it does not tell
/// whether what it opens was changed, so the caller checks a MAC first.
public enum AESCBC {
  /// The plaintext.
  public static func open(
    _ sealed: [UInt8], iv: [UInt8], key: borrowing SecretBytes
  ) throws(CryptoError) -> SecretBytes {
    guard key.count == 16 || key.count == 32 else { throw .invalidLength(what: "an AES key", count: key.count) }
    guard iv.count == 16 else { throw .invalidLength(what: "an initialisation vector", count: iv.count) }
    guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .drainingQueue(after: "making an AES context") }
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    var length = 0
    let padded = try SecretBytes(count: sealed.count + 16) { output throws(CryptoError) in
      var first: Int32 = 0, last: Int32 = 0
      let done = key.withBytes { key in
        unsafe key.withUnsafeBufferPointer { key in
          unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe EVP_CipherInit_ex2(
              context, key.count == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc(), key.baseAddress, iv, 0, nil) == 1
              && EVP_CipherUpdate(context, output.baseAddress, &first, sealed, Int32(sealed.count)) == 1
              && EVP_CipherFinal_ex(context, output.baseAddress?.advanced(by: Int(first)), &last) == 1
          }
        }
      }
      guard done else { throw .drainingQueue(after: "running AES-CBC") }
      length = Int(first + last)
    }
    return padded.prefix(length)
  }
}
