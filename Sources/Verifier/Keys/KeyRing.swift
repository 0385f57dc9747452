public import OATH
internal import Synchronization

/// The keys of a store, opened with its master key, and opened again when another replica has added one.
public final class KeyRing: Sendable {
  /// Gets the master key: from a file, a command, a key service. Called once when the ring is opened, and whenever a key
  /// turns up that is not known yet.
  public typealias MasterKeySource = @Sendable () async throws(VerifierError) -> SharedMasterKey

  private let source: MasterKeySource
  private let opened: Mutex<KeySet>

  /// Opens the keys of `store`, and makes the first ones where there are none yet.
  /// - Parameters:
  ///   - store: where the keys are kept, sealed.
  ///   - now: when the first keys were made, if they are.
  ///   - source: gets the master key.
  /// - Throws: ``VerifierError/masterKey(reason:hint:)`` when the key is not the one of this store.
  public init(
    opening store: any DeviceStore, at now: UnixTime = .epoch, with source: @escaping MasterKeySource
  ) async throws(VerifierError) {
    self.source = source
    opened = Mutex(try await Self.open(store, with: source(), at: now))
  }

  /// The same, with a master key that is at hand.
  public convenience init(
    opening store: any DeviceStore, with master: SharedMasterKey
  ) async throws(VerifierError) {
    try await self.init(opening: store) { () throws(VerifierError) in master }
  }

  /// The same, with the master key in a file.
  /// - Parameters:
  ///   - store: where the keys are kept, sealed.
  ///   - path: a file of mode 0600; see ``MasterKeyFile``.
  ///   - makingKey: whether a missing file is made. That is done only while nothing is sealed in the store: a key that
  ///     was lost is not to be replaced by one that opens nothing.
  ///   - now: when the first keys were made, if they are.
  public convenience init(
    opening store: any DeviceStore, keyFile path: String, makingKey: Bool, at now: UnixTime = .epoch
  ) async throws(VerifierError) {
    if makingKey, try await store.keys().isEmpty { _ = try MasterKeyFile.readOrCreate(path) }
    try await self.init(opening: store, at: now) { () throws(VerifierError) in
      SharedMasterKey(try MasterKeyFile.read(path))
    }
  }

  /// The keys as they were when they were last looked at.
  var current: KeySet { opened.withLock { $0 } }

  /// Looks at them again.
  func reload(from store: any DeviceStore) async throws(VerifierError) {
    let keys = try await Self.open(store, with: source(), at: .epoch)
    opened.withLock { $0 = keys }
  }

  /// The master key, for what changes keys.
  func masterKey() async throws(VerifierError) -> SharedMasterKey { try await source() }

  private static func open(
    _ store: any DeviceStore, with master: SharedMasterKey, at now: UnixTime
  ) async throws(VerifierError) -> KeySet {
    var stored = try await store.keys()
    let missing = StoredKey.Purpose.allCases.filter { purpose in !stored.contains { $0.purpose == purpose } }
    if !missing.isEmpty {
      // A key that opens nothing of what is there must not leave keys of its own.
      if !stored.isEmpty { try Self.check(stored, under: master.key) }
      var made: [StoredKey] = []
      for purpose in missing { made.append(try StoredKey.make(for: purpose, under: master.key, at: now)) }
      stored = try await store.changeKeys { [made] state throws(VerifierError) in
        // Another process may have been faster; what the store then holds is what counts.
        for key in made where !state.keys.contains(where: { $0.purpose == key.purpose }) { state.keys.append(key) }
        return state.keys
      }
    }
    return try KeySet(stored, under: master.key)
  }

  private static func check(_ stored: [StoredKey], under master: borrowing MasterKey) throws(VerifierError) {
    for key in stored where try key.opens(under: master) == false {
      throw .masterKey(
        reason: "the master key does not belong to this database", hint: "name the right one with --key-file")
    }
  }
}
