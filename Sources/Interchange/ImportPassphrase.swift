internal import JSONText
public import OpenSSLCrypto

/// The passphrase of an import, asked for only when a file turns out to need it.
public struct ImportPassphrase {
  private let ask: () throws -> SecretBytes?

  /// - Parameter ask: gives the passphrase, or nil where there is none.
  public init(_ ask: @escaping () throws -> SecretBytes?) { self.ask = ask }

  /// - Throws: ``ImportError/needsPassphrase`` where there is none.
  public func get() throws -> SecretBytes {
    guard let passphrase = try ask() else { throw ImportError.needsPassphrase }
    return passphrase
  }

  /// Opens AES-256-GCM with the tag at the end, as most apps write it.
  static func opening(_ sealed: [UInt8], nonce: [UInt8], key: borrowing SecretBytes) throws -> SecretBytes {
    let box = AESGCM.SealedBox(
      nonce: nonce, ciphertext: Array(sealed.dropLast(AESGCM.tagByteCount)),
      tag: Array(sealed.suffix(AESGCM.tagByteCount)))
    let none: [UInt8] = []
    do {
      return try AESGCM.open(box, key: key, associatedData: none.span)
    } catch CryptoError.authenticationFailed {
      throw ImportError.wrongPassphrase
    }
  }

  /// Opens AES-256-CBC around JSON that nothing authenticates: what comes out as no JSON was under another passphrase.
  static func openingUnauthenticated(_ sealed: [UInt8], iv: [UInt8], key: borrowing SecretBytes) throws -> JSONValue {
    guard let text = try? AESCBC.open(sealed, iv: iv, key: key), let json = try? JSONValue(parsing: text) else {
      throw ImportError.wrongPassphrase
    }
    return json
  }
}
