internal import OpenSSLCrypto

/// The data keys of a store, opened with its master key; the newest one seals.
public struct KeyRing: Sendable {
  private let current: DataKey
  private let byID: [String: DataKey]

  /// Opens the data keys of `store`, and makes the first one where there is none yet.
  /// - Throws: ``VerifierError/masterKey(reason:hint:)`` when the key is not the one of this store.
  public init(opening store: any DeviceStore, with master: borrowing MasterKey) async throws(VerifierError) {
    var sealed = try await store.dataKeys()
    if sealed.isEmpty {
      let first: SealedDataKey
      do throws(CryptoError) { first = try DataKey.make(under: master) } catch { throw .crypto(error) }
      // Another process may have been faster; what the store then holds is what counts.
      sealed = try await store.addFirstDataKey(first)
    }
    var opened: [DataKey] = []
    for key in sealed {
      do throws(CryptoError) { opened.append(try DataKey.open(key, under: master)) } catch {
        guard error == .authenticationFailed else { throw .crypto(error) }
        throw .masterKey(
          reason: "the master key does not belong to this database", hint: "name the right one with --key-file")
      }
    }
    guard let newest = opened.last else { throw .corruptRecord("the data key") }
    current = newest
    byID = Dictionary(opened.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
  }

  /// Seals a seed for the device of this serial.
  func seal(_ seed: borrowing SecretBytes, serial: Serial) throws(VerifierError) -> SealedSeed {
    do throws(CryptoError) { return try current.seal(seed, serial: serial) } catch { throw .crypto(error) }
  }

  /// The seed of a device.
  /// - Throws: ``VerifierError/corruptRecord(_:)`` for a seed that was changed or moved from another device.
  func openSeed(of device: Device) throws(VerifierError) -> SecretBytes {
    let record = "the seed of \(device.serial)"
    guard let key = byID[device.seed.keyID] else { throw .corruptRecord(record) }
    do throws(CryptoError) { return try key.open(device.seed, serial: device.serial) } catch {
      guard error == .authenticationFailed else { throw .crypto(error) }
      throw .corruptRecord(record)
    }
  }
}
