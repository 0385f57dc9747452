public import OpenSSLCrypto

/// The key that data keys are sealed under: 32 bytes that are kept outside the database.
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

  /// Reads the key for as long as `body` runs.
  package borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (borrowing SecretBytes) throws(E) -> R) throws(E)
    -> R
  {
    try body(bytes)
  }
}
