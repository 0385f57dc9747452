internal import OpenSSLCrypto

/// A passphrase from the terminal, a file or a command; wiped when its last holder lets go.
final class TypedSecret: Sendable {
  let bytes: SecretBytes
  init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}
