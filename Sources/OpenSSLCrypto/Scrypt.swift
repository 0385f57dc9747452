internal import COpenSSL

/// scrypt (RFC 7914): a key from a passphrase, at a chosen cost in time and memory.
public enum Scrypt {
  /// Work factors, checked before anything is run: a stored cost is somebody else's input.
  public struct Cost: Sendable, Equatable {
    /// CPU and memory cost N, a power of two above 1.
    public let n: UInt64
    /// Block size.
    public let r: UInt64
    /// Parallelism.
    public let p: UInt64

    /// - Parameter memoryLimit: the most that a derivation may take, in bytes; it takes about 128·N·r + 128·r·p.
    /// - Throws: ``CryptoError/invalidCost(_:)`` for factors outside RFC 7914 §2 or over the limit.
    public init(n: UInt64, r: UInt64, p: UInt64, memoryLimit: UInt64 = 256 << 20) throws(CryptoError) {
      guard n > 1, n.nonzeroBitCount == 1, r > 0, p > 0 else {
        throw .invalidCost("scrypt's N must be a power of two above 1, and r and p at least 1")
      }
      let (blocks, overflow) = n.addingReportingOverflow(p)
      let (lanes, overflow2) = blocks.multipliedReportingOverflow(by: r)
      let (bytes, overflow3) = lanes.multipliedReportingOverflow(by: 128)
      guard !overflow, !overflow2, !overflow3, bytes <= memoryLimit, p <= 16 else {
        throw .invalidCost("scrypt N=\(n) r=\(r) p=\(p) costs more than is allowed here (\(memoryLimit >> 20) MiB)")
      }
      self.n = n
      self.r = r
      self.p = p
    }

    /// What libcrypto is told: the sum above, and room for its own rounding.
    fileprivate var memory: UInt64 { 128 * r * (n + p) + (1 << 20) }
  }

  /// `count` bytes derived from `passphrase` and `salt`.
  public static func deriveKey(
    from passphrase: borrowing SecretBytes, salt: [UInt8], cost: Cost, count: Int
  ) throws(CryptoError) -> SecretBytes {
    guard let kdf = unsafe EVP_KDF_fetch(nil, "SCRYPT", nil) else { throw .drainingQueue(after: "finding scrypt") }
    defer { unsafe EVP_KDF_free(kdf) }
    guard let context = unsafe EVP_KDF_CTX_new(kdf) else { throw .drainingQueue(after: "making scrypt") }
    defer { unsafe EVP_KDF_CTX_free(context) }

    var numbers = [cost.n, cost.r, cost.p, cost.memory]
    var salt = salt
    return try SecretBytes(count: count) { output throws(CryptoError) in
      let done = passphrase.withBytes { passphrase in
        unsafe passphrase.withUnsafeBufferPointer { passphrase in
          unsafe salt.withUnsafeMutableBufferPointer { salt in
            unsafe numbers.withUnsafeMutableBufferPointer { numbers in
              unsafe output.withUnsafeMutableBufferPointer { output in
                let parameters = unsafe parameters(passphrase: passphrase, salt: salt, numbers: numbers)
                return unsafe EVP_KDF_derive(context, output.baseAddress, output.count, parameters)
              }
            }
          }
        }
      }
      guard done == 1 else { throw .drainingQueue(after: "running scrypt") }
    }
  }

  /// The OSSL_PARAM list; it points into its arguments. `numbers` are N, r, p and the memory allowed, in bytes.
  private static func parameters(
    passphrase: UnsafeBufferPointer<UInt8>, salt: UnsafeMutableBufferPointer<UInt8>,
    numbers: UnsafeMutableBufferPointer<UInt64>
  ) -> [OSSL_PARAM] {
    let names = unsafe [
      ParameterName.scryptN, ParameterName.scryptR, ParameterName.scryptP, ParameterName.scryptMemory,
    ]
    // libcrypto only reads what it is given as a password; its parameter type has no const.
    var list = unsafe [
      OSSL_PARAM_construct_octet_string(
        ParameterName.passphrase, UnsafeMutableRawPointer(mutating: passphrase.baseAddress), passphrase.count),
      OSSL_PARAM_construct_octet_string(ParameterName.salt, salt.baseAddress, salt.count),
    ]
    for index in unsafe names.indices {
      unsafe list.append(OSSL_PARAM_construct_uint64(names[index], numbers.baseAddress?.advanced(by: index)))
    }
    unsafe list.append(OSSL_PARAM_construct_end())
    return unsafe list
  }
}
