internal import OpenSSLCrypto
internal import Synchronization

/// A data key in use: seals and opens seeds.
final class DataKey: Sendable {
  let id: String
  private let key: SecretBytes
  private let opener: Mutex<AESGCM.Opener>
  /// Of every seed's associated data.
  private let label: [UInt8]

  init(id: String, key: consuming SecretBytes) throws(CryptoError) {
    self.id = id
    opener = Mutex(try AESGCM.Opener(key: key))
    self.key = key
    label = Array("vmfa seed 1\n\(id)\n".utf8)
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
    let associatedData = associatedData(serial: serial, user: user)
    return try opener.withLock { (opener) throws(CryptoError) in
      try opener.open(combined: seed.box.bytes.span, associatedData: associatedData.span)
    }
  }

  /// Binds a seed to its device and its user, so that a row can be moved to neither another one, and to its key.
  private func associatedData(serial: Serial, user: UserName) -> [UInt8] {
    var data = label
    data.reserveCapacity(label.count + user.text.utf8.count + 1 + serial.text.utf8.count)
    data.append(utf8: user.text)
    data.append(UInt8(ascii: "\n"))
    data.append(utf8: serial.text)
    return data
  }
}
