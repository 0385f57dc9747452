internal import OpenSSLCrypto

/// The data keys of a store, opened with its master key; the newest one seals.
public struct KeyRing: Sendable {
  private let current: DataKey
  private let byID: [String: DataKey]

  /// Opens the data keys of `store`, and makes the first one where there is none yet.
  /// - Throws: ``VerifierError/masterKey(reason:hint:)`` when the key is not the one of this store.
  public init(opening store: any DeviceStore, with master: borrowing MasterKey) async throws(VerifierError) {
    try await self.init(sealed: store.dataKeys(), of: store, master: master)
  }

  private init(
    sealed: [SealedDataKey], of store: any DeviceStore, master: borrowing MasterKey
  ) async throws(VerifierError) {
    var sealed = sealed
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

  /// The same, with the master key in a file.
  /// - Parameters:
  ///   - path: a file of mode 0600; see ``MasterKeyFile``.
  ///   - makingKey: whether a missing file is made. That is done only while nothing is sealed in the store: a key that
  ///     was lost is not to be replaced by one that opens nothing.
  public init(opening store: any DeviceStore, keyFile path: String, makingKey: Bool) async throws(VerifierError) {
    let sealed = try await store.dataKeys()
    let master = sealed.isEmpty && makingKey ? try MasterKeyFile.readOrCreate(path) : try MasterKeyFile.read(path)
    try await self.init(sealed: sealed, of: store, master: master)
  }

  /// Seals a seed for the device of this serial, and for this user.
  func seal(_ seed: borrowing SecretBytes, serial: Serial, user: UserName) throws(VerifierError) -> SealedSeed {
    do throws(CryptoError) {
      return try current.seal(seed, serial: serial, user: user)
    } catch { throw .crypto(error) }
  }

  /// The seed of a device.
  /// - Throws: ``VerifierError/corruptRecord(_:)`` for a seed that was changed, or moved from another device or user.
  func openSeed(of device: Device) throws(VerifierError) -> SecretBytes {
    let record = "the seed of \(device.serial)"
    guard let key = byID[device.seed.keyID] else { throw .corruptRecord(record) }
    do throws(CryptoError) { return try key.open(device.seed, serial: device.serial, user: device.user) } catch {
      guard error == .authenticationFailed else { throw .crypto(error) }
      throw .corruptRecord(record)
    }
  }
}
