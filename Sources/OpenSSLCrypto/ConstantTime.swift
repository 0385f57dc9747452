internal import COpenSSL

/// Comparisons whose time does not depend on what is compared; of bytes by `CRYPTO_memcmp`.
public enum ConstantTime {
  /// Whether both hold the same bytes. Lengths are not secret: unequal ones answer at once.
  public static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe a.withUnsafeBufferPointer { left in
      unsafe b.withUnsafeBufferPointer { right in
        unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
      }
    }
  }

  /// Whether both are the same number: the difference is looked at as a whole, in one register.
  @inlinable public static func equal(_ a: UInt64, _ b: UInt64) -> Bool { a ^ b == 0 }
}
