internal import Foundation
internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// A slot of type 1: the master key, sealed under a key that scrypt derives from a passphrase.
enum PasswordSlot {
  /// What Aegis uses; about a tenth of a second.
  static let cost: (n: UInt64, r: UInt64, p: UInt64) = (32_768, 8, 1)

  static func isPasswordSlot(_ slot: JSONValue) -> Bool { slot["type"]?.integer == 1 }

  /// The master key, if the passphrase opens this slot.
  static func open(_ slot: JSONValue, passphrase: borrowing SecretBytes) throws -> VaultKey? {
    guard let n = slot["n"]?.integer, let r = slot["r"]?.integer, let p = slot["p"]?.integer, n > 0, r > 0, p > 0,
      let salt = slot.hexadecimal("salt"), let key = slot.hexadecimal("key"),
      let nonce = slot["key_params"]?.hexadecimal("nonce"), let tag = slot["key_params"]?.hexadecimal("tag")
    else { throw VaultError.broken("a password slot lacks what it needs") }
    // Bounded before it is run: the file may be anybody's.
    let cost = try Scrypt.Cost(n: UInt64(n), r: UInt64(r), p: UInt64(p))
    let box = AESGCM.SealedBox(nonce: nonce, ciphertext: key, tag: tag), none: [UInt8] = []
    func tryOpening(with passphrase: borrowing SecretBytes) throws -> VaultKey? {
      let derived = try Scrypt.deriveKey(from: passphrase, salt: salt, cost: cost, count: AESGCM.keyByteCount)
      do {
        return VaultKey(try AESGCM.open(box, key: derived, associatedData: none.span))
      } catch CryptoError.authenticationFailed { return nil } catch {
        throw VaultError.broken("a password slot is damaged")
      }
    }
    if let opened = try tryOpening(with: passphrase) { return opened }
    guard slot["repaired"]?.bool != true else { return nil }
    return try tryOpening(with: paddedAsOldAegisDid(passphrase))
  }

  /// Old versions of Aegis took the zeros at the end of Java's encoding buffer for part of the passphrase, which makes
  /// a difference to HMAC where the buffer is longer than 64 bytes: from 60 characters on. The buffer has 1.1 bytes for each UTF-16 unit, and doubles while it is short.
  static func paddedAsOldAegisDid(_ passphrase: borrowing SecretBytes) -> SecretBytes {
    let units = passphrase.withBytes { bytes in
      bytes.text.utf16.count
    }
    var capacity = units * 11 / 10
    while capacity < passphrase.count { capacity = 2 * capacity + 1 }
    return passphrase.withBytes { bytes in
      SecretBytes(count: capacity) { padded in
        for index in bytes.indices { padded[index] = bytes[index] }
      }
    }
  }

  /// A new slot for the master key.
  static func make(for key: VaultKey, passphrase: borrowing SecretBytes) throws -> JSONValue {
    let salt = try SecureRandom.bytes(count: 32), none: [UInt8] = []
    let derived = try Scrypt.deriveKey(
      from: passphrase, salt: salt, cost: Scrypt.Cost(n: cost.n, r: cost.r, p: cost.p), count: AESGCM.keyByteCount)
    let box = try key.bytes.withBytes { try AESGCM.seal($0, key: derived, associatedData: none.span) }
    var writer = JSONWriter()
    writer.object(["type", "uuid", "key", "key_params", "n", "r", "p", "salt", "repaired", "is_backup"]) {
      writer, name in
      switch name {
      case "type": writer.raw("1")
      case "uuid": writer.string(UUID().uuidString.lowercased())
      case "key": writer.string(box.ciphertext.hexadecimal)
      case "key_params": writer.parameters(nonce: box.nonce, tag: box.tag)
      case "n": writer.raw(String(cost.n))
      case "r": writer.raw(String(cost.r))
      case "p": writer.raw(String(cost.p))
      case "salt": writer.string(salt.hexadecimal)
      case "repaired": writer.raw("true")
      default: writer.raw("false")
      }
    }
    return try JSONValue(parsing: writer.finish())
  }
}

extension JSONWriter {
  /// `{"nonce":…,"tag":…}`, as Aegis writes them, in hexadecimal.
  mutating func parameters(nonce: [UInt8], tag: [UInt8]) {
    object(["nonce", "tag"]) { writer, name in writer.string(name == "nonce" ? nonce.hexadecimal : tag.hexadecimal) }
  }
}

extension JSONValue {
  func hexadecimal(_ name: String) -> [UInt8]? {
    self[name]?.string.flatMap { [UInt8](hexadecimal: $0.utf8) }
  }
}
