internal import Foundation
internal import OpenSSLCrypto

/// A data key as it is stored: sealed under the master key.
public struct SealedDataKey: Sendable, Equatable {
  /// A UUID in lower case, bound into the seal.
  public let id: String
  package let box: SealedBytes

  package init(id: String, box: SealedBytes) {
    self.id = id
    self.box = box
  }
}

/// Nonce, ciphertext and tag in one run of bytes, as both kinds of sealed thing are stored.
package struct SealedBytes: Sendable, Equatable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(sealing plaintext: Span<UInt8>, key: borrowing SecretBytes, associatedData: String) throws(CryptoError) {
    let box = try AESGCM.seal(plaintext, key: key, associatedData: Array(associatedData.utf8).span)
    bytes = box.nonce + box.ciphertext + box.tag
  }

  func open(key: borrowing SecretBytes, associatedData: String) throws(CryptoError) -> SecretBytes {
    guard bytes.count >= AESGCM.nonceByteCount + AESGCM.tagByteCount else { throw .authenticationFailed }
    let box = AESGCM.SealedBox(
      nonce: Array(bytes.prefix(AESGCM.nonceByteCount)),
      ciphertext: Array(bytes.dropFirst(AESGCM.nonceByteCount).dropLast(AESGCM.tagByteCount)),
      tag: Array(bytes.suffix(AESGCM.tagByteCount)))
    return try AESGCM.open(box, key: key, associatedData: Array(associatedData.utf8).span)
  }
}

/// A data key in use: seals and opens seeds.
final class DataKey: Sendable {
  let id: String
  private let key: SecretBytes

  private init(id: String, key: consuming SecretBytes) {
    self.id = id
    self.key = key
  }

  /// A new key and its sealed form.
  static func make(under master: borrowing MasterKey) throws(CryptoError) -> SealedDataKey {
    let id = UUID().uuidString.lowercased()
    let key = try SecretBytes.random(count: AESGCM.keyByteCount)
    let box = try master.withBytes { (master) throws(CryptoError) in
      try key.withBytes { (key) throws(CryptoError) in
        try SealedBytes(sealing: key, key: master, associatedData: associatedData(keyID: id))
      }
    }
    return SealedDataKey(id: id, box: box)
  }

  static func open(_ sealed: SealedDataKey, under master: borrowing MasterKey) throws(CryptoError) -> DataKey {
    let key = try master.withBytes { (master) throws(CryptoError) in
      try sealed.box.open(key: master, associatedData: associatedData(keyID: sealed.id))
    }
    return DataKey(id: sealed.id, key: key)
  }

  func seal(_ seed: borrowing SecretBytes, serial: Serial, user: UserName) throws(CryptoError) -> SealedSeed {
    let box = try seed.withBytes { (seed) throws(CryptoError) in
      try SealedBytes(sealing: seed, key: key, associatedData: associatedData(serial: serial, user: user))
    }
    return SealedSeed(keyID: id, box: box)
  }

  func open(_ seed: SealedSeed, serial: Serial, user: UserName) throws(CryptoError) -> SecretBytes {
    try seed.box.open(key: key, associatedData: associatedData(serial: serial, user: user))
  }

  private static func associatedData(keyID: String) -> String { "vmfa data key 1\n\(keyID)" }
  /// Binds a seed to its device and its user, so that a row can be moved to neither another one, and to its key.
  /// None of the three can hold a line feed but the serial of a row that was tampered with, which comes last.
  private func associatedData(serial: Serial, user: UserName) -> String {
    "vmfa seed 1\n\(id)\n\(user.text)\n\(serial.text)"
  }
}

/// A seed as it is stored: sealed under a data key, for one serial.
public struct SealedSeed: Sendable, Equatable {
  /// Which data key.
  public let keyID: String
  package let box: SealedBytes

  package init(keyID: String, box: SealedBytes) {
    self.keyID = keyID
    self.box = box
  }
}
