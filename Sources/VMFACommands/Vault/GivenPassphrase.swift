internal import OATH
internal import OpenSSLCrypto
internal import Vault

/// A passphrase that somebody typed, or that a file or a command holds.
struct GivenPassphrase {
  let secret: SharedSecret
  /// The passphrase as version 0.1 read it, if that differs. It dropped one LF and nothing more, so a vault
  /// that it made from a file with CRLF or a byte order mark has these in its passphrase.
  private let asBefore: SharedSecret?

  init(typed: SharedSecret) {
    secret = typed
    asBefore = nil
  }

  /// - Throws: `OATHError` for text in an encoding that cannot be read.
  init(content: consuming SecretBytes) throws {
    let read = SharedSecret(try content.withBytes { (bytes) throws(OATHError) in try SecretLine.read(bytes) })
    let count = content.withBytes { bytes in
      bytes.count > 0 && bytes[bytes.count - 1] == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
    }
    secret = read
    asBefore = count == read.bytes.count ? nil : SharedSecret(content.prefix(count))
  }

  /// Runs `body` with the passphrase, and again with what version 0.1 took for it where the first is wrong.
  func opening<R>(_ body: (@escaping VaultOptions.Passphrase) throws -> R) throws -> R {
    let secret = secret
    do { return try body { secret.bytes.copy() } } catch VaultError.wrongPassphrase {
      guard let asBefore else { throw VaultError.wrongPassphrase }
      let result = try body { asBefore.bytes.copy() }
      Console.current.warn(
        "the vault's passphrase has the line end or the byte order mark of its file in it, which nobody can type: "
          + "vmfa vault passphrase sets another one")
      return result
    }
  }
}
