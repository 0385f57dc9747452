internal import OpenSSLCrypto

/// A data key in use: seals and opens seeds.
final class DataKey: Sendable {
  let id: String
  private let key: SecretBytes

  init(id: String, key: consuming SecretBytes) {
    self.id = id
    self.key = key
  }

  func seal(_ seed: borrowing SecretBytes, serial: Serial, user: UserName) throws(VerifierError) -> SealedSecret {
    do throws(CryptoError) {
      let box = try seed.withBytes { (seed) throws(CryptoError) in
        try SealedBytes(sealing: seed, key: key, associatedData: associatedData(serial: serial, user: user))
      }
      return SealedSecret(keyID: id, box: box)
    } catch { throw .crypto(error) }
  }

  func open(_ seed: SealedSecret, serial: Serial, user: UserName) throws(CryptoError) -> SecretBytes {
    try seed.box.open(key: key, associatedData: associatedData(serial: serial, user: user))
  }

  /// Binds a seed to its device and its user, so that a row can be moved to neither another one, and to its key.
  private func associatedData(serial: Serial, user: UserName) -> String {
    "vmfa seed 1\n\(id)\n\(user.text)\n\(serial.text)"
  }
}
