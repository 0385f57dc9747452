internal import OpenSSLCrypto
internal import Synchronization

/// An integrity key in use. What it authenticates or seals is of four kinds, each under a key of its own that is derived from it,
/// so that nothing of one kind can be passed off as another.
package final class IntegrityKey: Sendable {
  /// Length of a tag in bytes: that of SHA-256.
  static let tagByteCount = 32

  package let id: String
  // The key is set once: that costs more than a row does.
  private let rows: Mutex<HMAC>
  private let batches, codes: SecretBytes
  /// Seals the secrets of accounts.
  let secrets: SecretBytes

  init(id: String, key: borrowing SecretBytes) throws(CryptoError) {
    self.id = id
    rows = Mutex(try HMAC(.sha256, key: Self.derive("vmfa audit row 1", from: key)))
    batches = try Self.derive("vmfa audit batch 1", from: key)
    codes = try Self.derive("vmfa recovery code 1", from: key)
    secrets = try Self.derive("vmfa account secret 1", from: key)
  }

  private static func derive(_ label: String, from key: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
    var mac = try HMAC(.sha256, key: key)
    return try mac.withAuthenticationCode(of: Array(label.utf8).span) { SecretBytes(copying: $0) }
  }

  func rowTag(_ canonical: [UInt8]) throws(VerifierError) -> [UInt8] {
    try rows.withLock { (mac) throws(VerifierError) in try Self.tag(canonical.span, with: &mac) }
  }
  func batchTag(_ canonical: [UInt8]) throws(VerifierError) -> [UInt8] { try Self.tag(canonical.span, under: batches) }
  func codeTag(_ code: Span<UInt8>) throws(VerifierError) -> [UInt8] { try Self.tag(code, under: codes) }

  private static func tag(_ message: Span<UInt8>, under key: borrowing SecretBytes) throws(VerifierError) -> [UInt8] {
    var mac: HMAC
    do throws(CryptoError) { mac = try HMAC(.sha256, key: key) } catch { throw .crypto(error) }
    return try tag(message, with: &mac)
  }

  private static func tag(_ message: Span<UInt8>, with mac: inout HMAC) throws(VerifierError) -> [UInt8] {
    do throws(CryptoError) {
      return try mac.withAuthenticationCode(of: message) { $0.array }
    } catch { throw .crypto(error) }
  }
}
