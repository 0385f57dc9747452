internal import COpenSSL

/// Random bytes from `RAND_bytes`.
public enum SecureRandom {
  /// Overwrites `span` with random bytes.
  public static func fill(_ span: inout MutableSpan<UInt8>) throws(CryptoError) {
    let filled = unsafe span.withUnsafeMutableBufferPointer { buffer in
      unsafe RAND_bytes(buffer.baseAddress, Int32(buffer.count))
    }
    guard filled == 1 else { throw .drainingQueue(after: "drawing random bytes") }
  }

  /// `count` random bytes that are no secret: nonces, salts, identifiers.
  public static func bytes(count: Int) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    try fill(&span)
    return bytes
  }

  /// A number below `bound`, each equally likely (rejection sampling, no modulo bias).
  public static func number(below bound: UInt64) throws(CryptoError) -> UInt64 {
    let tail = (UInt64.max % bound + 1) % bound
    while true {
      let drawn = try bytes(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if drawn <= UInt64.max - tail { return drawn % bound }
    }
  }
}
