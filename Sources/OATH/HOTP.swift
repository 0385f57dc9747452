public import OpenSSLCrypto

/// HMAC-based one-time passwords (RFC 4226) of one secret. The key is set once; then counter after counter is cheap.
public struct HOTP: ~Copyable {
  private var mac: HMAC
  /// The length of the codes.
  public let digits: Digits

  /// - Parameters:
  ///   - secret: K of the RFC; of any length but zero.
  ///   - algorithm: SHA-1 in RFC 4226; RFC 6238 and the key URI format allow the others.
  ///   - digits: length of the codes.
  public init(
    secret: borrowing SecretBytes, algorithm: HashAlgorithm = .sha1, digits: Digits = .six
  ) throws(OATHError) {
    do throws(CryptoError) { mac = try HMAC(algorithm, key: secret) } catch { throw .crypto(error) }
    self.digits = digits
  }

  /// The code of `counter` (RFC 4226 §5.3): HMAC over the counter as 8 bytes, big-endian, then dynamic truncation.
  public mutating func code(counter: UInt64) throws(OATHError) -> OneTimeCode {
    OneTimeCode(truncated: try truncatedHash(counter: counter), length: digits)
  }

  /// Snum of RFC 4226 §5.3: 31 bits, before they are cut to digits.
  mutating func truncatedHash(counter: UInt64) throws(OATHError) -> UInt32 {
    let message = counter.bigEndianBytes
    do throws(CryptoError) {
      return try mac.withAuthenticationCode(of: message.span) { $0.dynamicallyTruncated }
    } catch { throw .crypto(error) }
  }
}

extension Span<UInt8> {
  /// DT of RFC 4226 §5.3: 31 bits, from the offset that the last four bits name.
  fileprivate var dynamicallyTruncated: UInt32 {
    let offset = Int(self[count - 1] & 0x0F)
    let word = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(self[offset + $1]) }
    return word & 0x7FFF_FFFF
  }
}

extension UInt64 {
  fileprivate var bigEndianBytes: [8 of UInt8] {
    var bytes = [8 of UInt8](repeating: 0)
    for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: self >> (56 - 8 * UInt64(index))) }
    return bytes
  }
}
