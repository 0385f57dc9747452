internal import OpenSSLCrypto

/// The master key of an open vault, which its password slots hold each in their own seal.
public final class VaultKey: Sendable {
  let bytes: SecretBytes

  init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

  static func random() throws(CryptoError) -> VaultKey { VaultKey(try SecretBytes.random(count: AESGCM.keyByteCount)) }
}
