public import OATH
internal import OpenSSLCrypto

/// A stored key, for people to look at.
public struct KeyInfo: Sendable, Equatable {
  /// Its id.
  public let id: String
  /// What it is for.
  public let purpose: StoredKey.Purpose
  /// When it was made.
  public let createdAt: UnixTime
  /// Whether it is used for what is new.
  public let isCurrent: Bool
  /// How many seeds are sealed under it.
  public let seedCount: Int
  /// The ids of the master keys that open it, in the order in which they came.
  public let masterKeys: [String]
}

/// How far a rotation is.
public struct RotationProgress: Sendable, Equatable {
  /// Seeds that were sealed anew, in this run.
  public var resealed = 0
  /// Seeds that are to be, in this run.
  public var total = 0
  /// Whether an earlier run had begun it.
  public var isResumed = false
}

extension Verifier {
  /// The keys of the store, and the id of the master key in use.
  public func keyInfo() async throws(VerifierError) -> (masterKey: String, keys: [KeyInfo]) {
    let stored = try await store.keys(), counts = try await store.seedCounts()
    let master = try await masterKeyID()
    let infos = stored.map { key in
      KeyInfo(
        id: key.id, purpose: key.purpose, createdAt: key.createdAt,
        isCurrent: stored.last { $0.purpose == key.purpose }?.id == key.id, seedCount: counts[key.id] ?? 0,
        masterKeys: key.copies.map(\.master))
    }
    return (master, infos)
  }

  /// Makes new keys, seals every seed under the new one, and gives up the old ones. Devices are verified meanwhile, here
  /// and on other replicas. A run that was cut off is carried on by the next one.
  ///
  /// It also ends the change of a master key: what the master keys before the one in use opened, only it opens then.
  /// - Parameters:
  ///   - now: when the new keys are made.
  ///   - progress: told after every page of devices.
  /// - Throws: ``VerifierError/masterKey(reason:hint:)`` where a newer master key than the one in use was added, and what
  ///   prevents an answer.
  public func rotateKeys(
    at now: UnixTime, progress: @Sendable (RotationProgress) -> Void = { _ in }
  ) async throws(VerifierError) -> RotationProgress {
    var state = RotationProgress()
    state.isResumed = try await beginRotation(at: now)
    try await keys.reload(from: store)
    while true {
      let newest = keys.current.seedKey.id
      state.total = state.resealed + (try await store.seedCounts().reduce(0) { $0 + ($1.key == newest ? 0 : $1.value) })
      progress(state)
      try await resealAll(under: newest, state: &state, progress: progress)
      // A replica that did not know the new key yet may have sealed one more seed under an old one.
      do throws(VerifierError) {
        try await endRotation(at: now, resealed: state.resealed)
        return state
      } catch .keyInUse {}
    }
  }

  /// Lets another master key open everything that the one in use opens. Replicas can then be given the new one, one after
  /// the other; ``rotateKeys(at:progress:)`` under the new one shuts the old one out.
  /// - Returns: whether it was not so already.
  public func addMasterKey(_ new: SharedMasterKey, at now: UnixTime) async throws(VerifierError) -> Bool {
    let master = try await keys.masterKey(), id = try new.id()
    let record = try record(AuditEvent(.rotateKey, at: now, reason: "master key \(id) added"), keys: keys.current)
    return try await store.changeKeys { state throws(VerifierError) in
      guard !state.keys.allSatisfy({ $0.copies.contains { $0.master == id } }) else { return false }
      for index in state.keys.indices where !state.keys[index].copies.contains(where: { $0.master == id }) {
        do throws(CryptoError) {
          guard let key = try state.keys[index].open(under: master.key) else { throw CryptoError.authenticationFailed }
          try state.keys[index].addCopy(of: key, under: new.key)
        } catch { throw .crypto(error) }
      }
      state.records = [record]
      return true
    }
  }

  private func masterKeyID() async throws(VerifierError) -> String { try await keys.masterKey().id() }

  /// - Returns: whether a rotation had begun before.
  private func beginRotation(at now: UnixTime) async throws(VerifierError) -> Bool {
    let master = try await keys.masterKey(), id = try master.id()
    let made = [
      try StoredKey.make(for: .seed, under: master.key, at: now),
      try StoredKey.make(for: .integrity, under: master.key, at: now),
    ]
    let record = try record(AuditEvent(.rotateKey, at: now, reason: "begun: new key \(made[0].id)"), keys: keys.current)
    return try await store.changeKeys { state throws(VerifierError) in
      if let newest = state.keys.last?.copies.last?.master, newest != id, newest != StoredKey.anyMaster {
        throw .masterKey(
          reason: "the master key \(newest) was added after the one in use",
          hint: "run this with that one: --key-file or --key-command names it")
      }
      guard state.keys.count(where: { $0.purpose == .seed }) == 1 else { return true }
      state.keys += made
      state.records = [record]
      return false
    }
  }

  private func resealAll(
    under newest: String, state: inout RotationProgress, progress: @Sendable (RotationProgress) -> Void
  ) async throws(VerifierError) {
    var query = DeviceQuery(notUnderKey: newest, limit: 500)
    while case let page = try await store.devices(query), let last = page.last {
      let results = await withTaskGroup(of: Result<Void, VerifierError>.self) { group in
        for device in page { group.addTask { await reseal(device) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      for result in results { try result.get() }
      state.resealed += page.count
      progress(state)
      query.after = last.serial
    }
  }

  private func reseal(_ device: Device) async -> Result<Void, VerifierError> {
    do throws(VerifierError) {
      let keys = keys.current
      try await store.transaction(.owner(of: .id(device.id))) { state throws(VerifierError) in
        // It may have been deleted since it was listed.
        guard let index = state.devices.firstIndex(where: { $0.id == device.id }) else { return }
        let current = state.devices[index]
        let seed = try keys.openSeed(of: current)
        state.devices[index].seed = try keys.seedKey.seal(seed, serial: current.serial, user: current.user)
      }
      return .success(())
    } catch { return .failure(error) }
  }

  private func endRotation(at now: UnixTime, resealed: Int) async throws(VerifierError) {
    let id = try await masterKeyID()
    let record = try record(AuditEvent(.rotateKey, at: now, reason: "ended: \(resealed) seeds"), keys: keys.current)
    try await store.changeKeys { state throws(VerifierError) in
      let newest = state.keys.last { $0.purpose == .seed }?.id
      state.keys.removeAll { $0.purpose == .seed && $0.id != newest }
      for index in state.keys.indices {
        let own = state.keys[index].copies.filter { $0.master == id || $0.master == StoredKey.anyMaster }
        state.keys[index].copies = own
      }
      state.records = [record]
    }
  }
}
