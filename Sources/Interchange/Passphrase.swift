internal import Foundation
package import OpenSSLCrypto

/// Passphrases are bytes of UTF-8. The same characters have several spellings (NFC, NFD), and programs and keyboards
/// differ: to open, each spelling is tried; to set one, NFC is taken.
package enum Passphrase {
  /// The spelling to set.
  package static func toSet(_ passphrase: borrowing SecretBytes) -> SharedSecret {
    spellings(of: passphrase).first ?? SharedSecret(passphrase.copy())
  }

  /// What `body` makes of the first spelling that is not a wrong passphrase to it.
  /// - Throws: ``ImportError/wrongPassphrase`` where all are.
  package static func trying<R: ~Copyable>(
    _ passphrase: borrowing SecretBytes, _ body: (SharedSecret) throws -> R
  ) throws -> R {
    for spelling in spellings(of: passphrase) {
      do { return try body(spelling) } catch ImportError.wrongPassphrase {}
    }
    throw ImportError.wrongPassphrase
  }

  /// NFC first, then as it was given, then NFD; each once.
  package static func spellings(of passphrase: borrowing SecretBytes) -> [SharedSecret] {
    let (isASCII, text) = passphrase.withBytes { bytes in
      (bytes.indices.allSatisfy { bytes[$0] < 0x80 }, bytes.array)
    }
    guard !isASCII, let string = String(validating: text, as: UTF8.self) else {
      return [SharedSecret(passphrase.copy())]
    }
    var seen: [[UInt8]] = []
    for spelling in [
      Array(string.precomposedStringWithCanonicalMapping.utf8), text,
      Array(string.decomposedStringWithCanonicalMapping.utf8),
    ] where !seen.contains(spelling) { seen.append(spelling) }
    return seen.map { SharedSecret(SecretBytes(copying: $0.span)) }
  }
}
