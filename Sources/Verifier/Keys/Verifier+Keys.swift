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
    let (newest, isResumed) = try await beginRotation(at: now)
    state.isResumed = isResumed
    var absent: Set<Serial> = []
    while true {
      try await keys.reload(from: store)
      guard keys.current.seedKey.id == newest else { throw .rotationOvertaken }
      state.total = state.resealed + (try await store.seedCounts().reduce(0) { $0 + ($1.key == newest ? 0 : $1.value) })
      progress(state)
      var pass = try await resealAll(under: newest, state: &state, progress: progress)
      // What is listed again and is not there again was not deleted meanwhile: nobody finds it by its user.
      pass.unreadable += pass.absent.intersection(absent).map { "the device \($0)" }
      absent = pass.absent
      let unreadable = pass.unreadable.sorted()
      guard unreadable.isEmpty else { throw .corruptRecord(unreadable.prefix(20).joined(separator: ", ")) }
      // A replica that did not know the new key yet may have sealed one more seed under an old one.
      do throws(VerifierError) {
        try await endRotation(to: newest, at: now, resealed: state.resealed)
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

  /// Makes the new keys, unless a rotation under this master key was cut off: then its keys are the new ones. One that
  /// began under another master key has keys that this other one opens too, and so begins anew.
  /// - Returns: the id of the new data key, and whether it was there.
  private func beginRotation(at now: UnixTime) async throws(VerifierError) -> (newest: String, isResumed: Bool) {
    let master = try await keys.masterKey(), id = try master.id()
    let made = [
      try StoredKey.make(for: .seed, under: master.key, at: now),
      try StoredKey.make(for: .integrity, under: master.key, at: now),
    ]
    let record = try record(AuditEvent(.rotateKey, at: now, reason: "begun: new key \(made[0].id)"), keys: keys.current)
    return try await store.changeKeys { state throws(VerifierError) in
      try state.requireNewestMaster(id)
      let seedKeys = state.keys.filter { $0.purpose == .seed }
      if seedKeys.count > 1, let newest = seedKeys.last, newest.copies.map(\.master) == [id] {
        return (newest.id, true)
      }
      state.keys += made
      state.records = [record]
      return (made[0].id, false)
    }
  }

  /// - Returns: what could not be read, for which the old key stays, and which costs no other device its new seal; and devices
  ///   that were listed and were not there when their turn came.
  private func resealAll(
    under newest: String, state: inout RotationProgress, progress: @Sendable (RotationProgress) -> Void
  ) async throws(VerifierError) -> (unreadable: [String], absent: Set<Serial>) {
    var absent: Set<Serial> = []
    var unreadable: Set<String> = []
    var query = DeviceQuery(notUnderKey: newest, limit: 500)
    repeat {
      let page = try await store.devices(query)
      let results = await withTaskGroup(of: Result<Serial?, VerifierError>.self) { group in
        for device in page.items { group.addTask { await reseal(device) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      var missing: Set<String> = []
      for result in results + page.unreadable.map({ .failure($0.error) }) {
        do throws(VerifierError) {
          if let serial = try result.get() {
            absent.insert(serial)
          } else {
            state.resealed += 1
          }
        } catch .corruptRecord(let what) {
          unreadable.insert(what)
        } catch .unknownKey(let id) {
          missing.insert(id)
        }
      }
      if !missing.isEmpty {
        // Of another rotation, unless they are of none.
        try await keys.reload(from: store)
        guard keys.current.seedKey.id == newest else { throw .rotationOvertaken }
        unreadable.formUnion(missing.map { "what is sealed under the key \($0)" })
      }
      progress(state)
      query.after = page.next
    } while query.after != nil
    return (Array(unreadable), absent)
  }

  /// - Returns: the serial of a device that is not there: it may have been deleted, or become somebody else's, since it was
  ///   listed.
  private func reseal(_ device: Device) async -> Result<Serial?, VerifierError> {
    let isThere = LastResult<Bool>()
    do throws(VerifierError) {
      let keys = keys.current
      try await store.transaction(.user(device.user)) { state throws(VerifierError) in
        let index = state.devices.firstIndex { $0.id == device.id && $0.serial == device.serial }
        isThere.keep(index != nil)
        guard let index else { return }
        let current = state.devices[index]
        let seed = try keys.openSeed(of: current)
        state.devices[index].seed = try keys.seedKey.seal(seed, serial: current.serial, user: current.user)
      }
      return .success(isThere.value ? nil : device.serial)
    } catch { return .failure(error) }
  }

  private func endRotation(to newest: String, at now: UnixTime, resealed: Int) async throws(VerifierError) {
    let id = try await masterKeyID()
    let record = try record(AuditEvent(.rotateKey, at: now, reason: "ended: \(resealed) seeds"), keys: keys.current)
    try await store.changeKeys { state throws(VerifierError) in
      // Another master key may have been added, or another rotation begun, since this one did.
      try state.requireNewestMaster(id)
      guard state.keys.last(where: { $0.purpose == .seed })?.id == newest else { throw .rotationOvertaken }
      state.keys.removeAll { $0.purpose == .seed && $0.id != newest }
      for index in state.keys.indices {
        let own = state.keys[index].copies.filter { $0.master == id || $0.master == StoredKey.anyMaster }
        guard !own.isEmpty else { throw .rotationOvertaken }
        state.keys[index].copies = own
      }
      state.records = [record]
    }
  }
}

extension KeyState {
  /// A master key that was added is not shut out again by a run under an older one.
  fileprivate func requireNewestMaster(_ id: String) throws(VerifierError) {
    let newest = keys.flatMap { $0.copies.suffix(1) }.map(\.master).last { $0 != StoredKey.anyMaster && $0 != id }
    guard let newest,
      keys.contains(where: { $0.copies.last?.master == newest && $0.copies.contains { $0.master == id } })
    else { return }
    throw .masterKey(
      reason: "the master key \(newest) was added after the one in use",
      hint: "run this with that one: --key-file or --key-command names it")
  }
}
