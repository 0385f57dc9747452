internal import Foundation
internal import OpenSSLCrypto

/// Passphrases are bytes of UTF-8. The same characters have several spellings (NFC, NFD), and programs and keyboards
/// differ: to open, each spelling is tried; to set one, NFC is taken.
public enum Passphrase {
  /// One spelling.
  final class Spelling: Sendable {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
  }

  /// The spelling under which a new slot is made.
  static func toSet(_ passphrase: borrowing SecretBytes) throws -> Spelling {
    guard passphrase.count > 0, let spelling = spellings(of: passphrase).first else { throw VaultError.emptyPassphrase }
    return spelling
  }

  /// NFC first, then as it was given, then NFD; each once.
  static func spellings(of passphrase: borrowing SecretBytes) -> [Spelling] {
    let (isASCII, text) = passphrase.withBytes { bytes in
      (bytes.indices.allSatisfy { bytes[$0] < 0x80 }, bytes.indices.map { bytes[$0] })
    }
    guard !isASCII, let string = String(validating: text, as: UTF8.self) else { return [Spelling(passphrase.copy())] }
    var seen: [[UInt8]] = []
    for spelling in [
      Array(string.precomposedStringWithCanonicalMapping.utf8), text,
      Array(string.decomposedStringWithCanonicalMapping.utf8),
    ] where !seen.contains(spelling) { seen.append(spelling) }
    return seen.map { Spelling(SecretBytes(copying: $0.span)) }
  }
}
