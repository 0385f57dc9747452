internal import OpenSSLCrypto

/// Nonce, ciphertext and tag in one run of bytes, as all sealed things are stored.
package struct SealedBytes: Sendable, Equatable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(sealing plaintext: Span<UInt8>, key: borrowing SecretBytes, associatedData: [UInt8]) throws(CryptoError) {
    let box = try AESGCM.seal(plaintext, key: key, associatedData: associatedData.span)
    bytes = box.combined
  }

  func open(key: borrowing SecretBytes, associatedData: [UInt8]) throws(CryptoError) -> SecretBytes {
    try AESGCM.Opener(key: key).open(combined: bytes.span, associatedData: associatedData.span)
  }
}

/// A seed, or a secret of an account, as it is stored: sealed under a key, for one owner.
public struct SealedSecret: Sendable {
  /// Behind one reference, since devices are handed about.
  private final class Content: Sendable {
    let keyID: String
    let box: SealedBytes

    init(_ keyID: String, _ box: SealedBytes) {
      self.keyID = keyID
      self.box = box
    }
  }

  private let content: Content

  /// Which key.
  public var keyID: String { content.keyID }
  package var box: SealedBytes { content.box }

  package init(keyID: String, box: SealedBytes) { content = Content(keyID, box) }
}

extension SealedSecret: Equatable {
  /// Whether it is the same key and the same box.
  public static func == (a: SealedSecret, b: SealedSecret) -> Bool {
    a.content === b.content || (a.keyID, a.box) == (b.keyID, b.box)
  }
}
