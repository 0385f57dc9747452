import StoreContract
import OATH
import OpenSSLCrypto
import Synchronization
import Testing
import Verifier

@Suite struct KeyRotationTests {
  private struct Interrupted: Error {}

  /// A store that fails from some transaction on, as one does whose process is killed.
  private final class FailingStore: DeviceStore {
    private let store: InMemoryDeviceStore
    private let left: Mutex<Int>

    init(_ store: InMemoryDeviceStore, after count: Int) {
      self.store = store
      left = Mutex(count)
    }

    func transaction(
      _ unit: TransactionUnit, _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> Void
    ) async throws(VerifierError) {
      guard
        left.withLock({ left in
          defer { left -= 1 }; return left > 0
        })
      else {
        throw .store(.unreachable("killed"))
      }
      try await store.transaction(unit, body)
    }

    func state(of unit: TransactionUnit) async throws(VerifierError) -> UnitState { try await store.state(of: unit) }
    func devices(_ query: DeviceQuery) async throws(VerifierError) -> Listing<Device> { try await store.devices(query) }
    func users(after name: String?, limit: Int) async throws(VerifierError) -> Listing<User> {
      try await store.users(after: name, limit: limit)
    }
    func rules() async throws(VerifierError) -> VerificationRules { try await store.rules() }
    func updateRules(_ changes: [VerificationRules.Setting: Int64], records: [AuditRecord]) async throws(VerifierError)
      -> VerificationRules
    {
      try await store.updateRules(changes, records: records)
    }
    func keys() async throws(VerifierError) -> [StoredKey] { try await store.keys() }
    func changeKeys<R: Sendable>(
      _ body: @escaping @Sendable (inout KeyState) throws(VerifierError) -> R
    ) async throws(VerifierError) -> R { try await store.changeKeys(body) }
    func seedCounts() async throws(VerifierError) -> [String: Int] { try await store.seedCounts() }
    func lockCounts(at now: UnixTime) async throws(VerifierError) -> (users: Int, devices: Int) {
      try await store.lockCounts(at: now)
    }
    func append(_ records: [AuditRecord]) async throws(VerifierError) { try await store.append(records) }
    func auditRecords(_ query: AuditQuery) async throws(VerifierError) -> [AuditRecord] {
      try await store.auditRecords(query)
    }
    func auditRecords(inBatch number: Int64) async throws(VerifierError) -> [AuditRecord] {
      try await store.auditRecords(inBatch: number)
    }
    func auditBatches(after number: Int64?, limit: Int) async throws(VerifierError) -> [AuditBatch] {
      try await store.auditBatches(after: number, limit: limit)
    }
    func sealAudit(
      _ make: @escaping AuditSealing
    ) async throws(VerifierError) -> (newest: AuditBatch?, made: Bool) { try await store.sealAudit(make) }
    func checkWriting() async throws(VerifierError) { try await store.checkWriting() }
    func checkIntegrity() async throws(VerifierError) -> [String] { [] }
    func close() async { await store.close() }
  }

  @Test func `a rotation that was killed half-way is carried on, and every device verifies at any time`() async throws {
    let store = try InMemoryDeviceStore(), bench = try await Bench(store: store)
    for index in 0..<10 { _ = try await bench.enrolled(for: "u\(index)") }
    let old = try await store.keys()[0].id

    let killed = try await Bench(store: FailingStore(store, after: 4))
    await #expect(throws: VerifierError.store(.unreachable("killed"))) {
      try await killed.verifier.rotateKeys(at: Bench.now)
    }
    #expect(try await store.seedCounts()[old] == 6)
    for index in 0..<5 { #expect(try await bench.verify(step: Bench.step(), of: "u\(index * 2)").isAccepted) }

    let resumed = try await bench.verifier.rotateKeys(at: Bench.now)
    #expect(resumed.isResumed && resumed.resealed == 6)
    #expect(try await store.keys().filter { $0.purpose == .seed }.count == 1)
    for index in 0..<5 { #expect(try await bench.verify(step: Bench.step(), of: "u\(index * 2 + 1)").isAccepted) }
    let again = try await bench.verifier.rotateKeys(at: Bench.now)
    #expect(!again.isResumed && again.resealed == 10)
    #expect(try await bench.verifier.checkDatabase().problems.isEmpty)
    #expect(try await bench.verifier.verifyAudit().findings.isEmpty)
  }

  @Test func `another master key takes over while both are in use, and then alone`() async throws {
    let store = try InMemoryDeviceStore(), bench = try await Bench(store: store)
    _ = try await bench.enrolled()
    let codes = try await bench.verifier.createRecoveryCodes(for: UserName("alice"), at: Bench.now)
    let new = try Bench.master(Array(repeating: 9, count: 32))
    #expect(try await bench.verifier.addMasterKey(new, at: Bench.now))
    #expect(try await !bench.verifier.addMasterKey(new, at: Bench.now))

    // Until the old one is shut out, replicas with either verify, and see each other's rows.
    let moved = Verifier(store: store, keys: try await KeyRing(opening: store, with: new))
    #expect(try await moved.verify(Bench.code(Bench.step()), of: UserName("alice"), at: Bench.now).isAccepted)
    #expect(try await bench.verify(step: Bench.step() + 1).isAccepted)
    #expect(try await bench.verifier.verifyAudit().findings.isEmpty)

    // The old one does not give the new one up by mistake.
    await #expect { try await bench.verifier.rotateKeys(at: Bench.now) } throws: { error in
      if case VerifierError.masterKey = error { true } else { false }
    }
    _ = try await moved.rotateKeys(at: Bench.now)
    #expect(try await moved.keyInfo().keys.allSatisfy { $0.masterKeys == [try new.id()] })
    await #expect { _ = try await Bench(store: store) } throws: { error in
      if case VerifierError.masterKey = error { true } else { false }
    }
    let left = Bench(store: store, verifier: moved)
    #expect(try await left.recover(codes[0]) == .accepted(.recoveryCode(remaining: 9)))
    #expect(try await moved.verifyAudit().findings.isEmpty)
  }

  @Test func `a master key that is added while a rotation is cut off gets a data key of its own`() async throws {
    let store = try InMemoryDeviceStore(), bench = try await Bench(store: store)
    for index in 0..<6 { _ = try await bench.enrolled(for: "u\(index)") }
    let killed = try await Bench(store: FailingStore(store, after: 2))
    await #expect(throws: VerifierError.self) { try await killed.verifier.rotateKeys(at: Bench.now) }
    let begun = try await store.keys().last { $0.purpose == .seed }?.id
    let new = try Bench.master(Array(repeating: 9, count: 32))
    _ = try await bench.verifier.addMasterKey(new, at: Bench.now)
    let moved = Verifier(store: store, keys: try await KeyRing(opening: store, with: new))
    let done = try await moved.rotateKeys(at: Bench.now)
    #expect(!done.isResumed && done.resealed == 6)
    // The key that the old master key had opened is gone with it.
    let keys = try await store.keys().filter { $0.purpose == .seed }
    #expect(keys.count == 1 && keys[0].id != begun)
    #expect(try await moved.checkDatabase().problems.isEmpty)
  }

  @Test func `one unreadable seed keeps no other from its new key, and is named`() async throws {
    let store = try InMemoryDeviceStore(), bench = try await Bench(store: store)
    let devices = [
      try await bench.enrolled(for: "a"), try await bench.enrolled(for: "b"), try await bench.enrolled(for: "c"),
    ]
    let stolen = try await bench.device(devices[0]).seed, serial = try await bench.device(devices[1]).serial
    try await bench.edit(devices[1]) { $0.seed = stolen }
    await #expect(throws: VerifierError.corruptRecord("the seed of \(serial)")) {
      try await bench.verifier.rotateKeys(at: Bench.now)
    }
    let newest = try await store.keys().last { $0.purpose == .seed }?.id
    #expect(try await store.seedCounts()[newest ?? ""] == 2)
    #expect(try await bench.verify(step: Bench.step(), of: "c").isAccepted)
  }

  @Test func `a wrong master key leaves nothing behind`() async throws {
    let store = try InMemoryDeviceStore(), bench = try await Bench(store: store)
    _ = try await bench.enrolled()
    let before = try await store.keys()
    await #expect(throws: VerifierError.self) {
      _ = try await KeyRing(opening: store, with: Bench.master(Array(repeating: 1, count: 32)))
    }
    #expect(try await store.keys() == before)
  }
}
