internal import OATH
public import OpenSSLCrypto

/// The key that all stored keys are sealed under: 32 bytes that are kept outside the database.
public struct MasterKey: ~Copyable, Sendable {
  /// Length in bytes.
  public static let byteCount = AESGCM.keyByteCount

  private let bytes: SecretBytes

  /// - Throws: ``VerifierError/masterKey(reason:hint:)`` for any other length.
  public init(_ bytes: consuming SecretBytes) throws(VerifierError) {
    guard bytes.count == Self.byteCount else {
      throw .masterKey(reason: "a master key has \(Self.byteCount) bytes, not \(bytes.count)", hint: nil)
    }
    self.bytes = bytes
  }

  /// A new one.
  public static func random() throws(VerifierError) -> MasterKey {
    let bytes: SecretBytes
    do throws(CryptoError) { bytes = try SecretBytes.random(count: byteCount) } catch { throw .crypto(error) }
    return try MasterKey(bytes)
  }

  /// Names the key and tells nothing of it: 16 hexadecimal digits.
  package borrowing func id() throws(CryptoError) -> String {
    var mac = try HMAC(.sha256, key: bytes)
    let label = Array("vmfa master key id 1".utf8)
    return try mac.withAuthenticationCode(of: label.span) { tag in (0..<8).map { tag[$0] }.hexadecimal }
  }

  /// Reads the key for as long as `body` runs.
  package borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (borrowing SecretBytes) throws(E) -> R) throws(E)
    -> R
  {
    try body(bytes)
  }
}

/// A master key that several hold; wiped when the last of them lets go.
public final class SharedMasterKey: Sendable {
  /// The key.
  public let key: MasterKey

  /// Takes over a key.
  public init(_ key: consuming MasterKey) { self.key = key }

  /// Names the key and tells nothing of it: 16 hexadecimal digits.
  public func id() throws(VerifierError) -> String {
    do throws(CryptoError) { return try key.id() } catch { throw .crypto(error) }
  }
}
