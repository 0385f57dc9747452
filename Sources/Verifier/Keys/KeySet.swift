package import OATH
package import OpenSSLCrypto

/// The keys of a store at one moment, opened; the newest of each purpose is used for what is new.
package final class KeySet: Sendable {
  let seedKey: DataKey
  package let integrityKey: IntegrityKey
  private let seedKeys: [String: DataKey]
  private let integrityKeys: [String: IntegrityKey]
  /// When the integrity key in use came.
  private let integrityKeySince: UnixTime

  /// Opens what is stored.
  /// - Throws: ``VerifierError/masterKey(reason:hint:)`` where this master key opens not all of it.
  init(_ stored: [StoredKey], under master: borrowing MasterKey) throws(VerifierError) {
    var seedKeys: [DataKey] = [], integrityKeys: [IntegrityKey] = []
    for key in stored {
      do throws(CryptoError) {
        guard let opened = try key.open(under: master) else { throw CryptoError.authenticationFailed }
        switch key.purpose {
        case .seed: seedKeys.append(try DataKey(id: key.id, key: opened))
        case .integrity: integrityKeys.append(try IntegrityKey(id: key.id, key: opened))
        }
      } catch .authenticationFailed {
        throw .masterKey(
          reason: "the master key does not belong to this database", hint: "name the right one with --key-file")
      } catch { throw .crypto(error) }
    }
    guard let seedKey = seedKeys.last, let integrityKey = integrityKeys.last else {
      throw .corruptRecord("the data key")
    }
    self.seedKey = seedKey
    self.integrityKey = integrityKey
    integrityKeySince = stored.last { $0.purpose == .integrity }?.createdAt ?? .epoch
    self.seedKeys = Dictionary(seedKeys.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    self.integrityKeys = Dictionary(integrityKeys.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
  }

  /// The seed of a device.
  /// - Throws: ``VerifierError/corruptRecord(_:)`` for a seed that was changed, or moved from another device or user;
  ///   ``VerifierError/unknownKey(_:)`` for one under a key that came after this set was opened.
  func openSeed(of device: Device) throws(VerifierError) -> SecretBytes {
    guard let key = seedKeys[device.seed.keyID] else { throw .unknownKey(device.seed.keyID) }
    do throws(CryptoError) { return try key.open(device.seed, serial: device.serial, user: device.user) } catch {
      guard error == .authenticationFailed else { throw .crypto(error) }
      throw .corruptRecord("the seed of \(device.serial)")
    }
  }

  /// Whether the seed of a device is sealed under one of these.
  func knowsSeedKey(of device: Device) -> Bool { seedKeys[device.seed.keyID] != nil }

  /// The integrity key of this id; nil for one that is not known here.
  func integrityKey(_ id: String) -> IntegrityKey? { integrityKeys[id] }

  /// Whether an integrity key is in use, or was so many seconds ago.
  package func isCurrent(_ id: String, at now: UnixTime, within seconds: Int64) -> Bool {
    id == integrityKey.id || now.seconds - integrityKeySince.seconds <= seconds
  }

  /// Seals what belongs to an account: a secret access key, a session. `label` says what and whose, and is bound to it.
  package func seal(_ secret: borrowing SecretBytes, label: String) throws(VerifierError) -> SealedSecret {
    let key = integrityKey
    do throws(CryptoError) {
      let box = try secret.withBytes { (secret) throws(CryptoError) in
        try SealedBytes(sealing: secret, key: key.secrets, associatedData: Array("\(key.id)\n\(label)".utf8))
      }
      return SealedSecret(keyID: key.id, box: box)
    } catch { throw .crypto(error) }
  }

  /// - Throws: ``VerifierError/corruptRecord(_:)`` for what was not sealed so, ``VerifierError/unknownKey(_:)``.
  package func open(_ sealed: SealedSecret, label: String) throws(VerifierError) -> SecretBytes {
    guard let key = integrityKeys[sealed.keyID] else { throw .unknownKey(sealed.keyID) }
    do throws(CryptoError) {
      return try sealed.box.open(key: key.secrets, associatedData: Array("\(key.id)\n\(label)".utf8))
    } catch {
      guard error == .authenticationFailed else { throw .crypto(error) }
      throw .corruptRecord("a sealed secret")
    }
  }
}
