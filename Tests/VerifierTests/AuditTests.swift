import StoreContract
import OATH
import OpenSSLCrypto
import Testing
import Verifier

/// The audit rows that each act leaves; that they cannot be changed unseen is for `StoreContract` and the stores.
@Suite struct AuditTests {
  private func bench() async throws -> Bench { try await Bench(store: InMemoryDeviceStore()) }

  /// `EVENT OUTCOME REASON` of the rows from the given one on.
  private func told(_ bench: Bench, from start: Int = 0) async throws -> [String] {
    try await bench.verifier.auditRecords(AuditQuery(limit: 1000)).dropFirst(start).map { row in
      [row.event.name.rawValue, row.event.outcome.rawValue, row.event.reason].compactMap(\.self).joined(separator: " ")
    }
  }

  @Test func `an enrolment, and every answer to a code, is a row`() async throws {
    let bench = try await bench()
    let device = try await bench.created()
    _ = try await bench.verifier.enable(device, with: Bench.pair(Bench.step() - 90), at: Bench.now)
    _ = try await bench.verifier.enable(device, with: Bench.pair(Bench.step()), at: Bench.now)
    _ = try await bench.verify(step: Bench.step() + 1)
    _ = try await bench.verify(step: Bench.step() + 1)
    _ = try await bench.verify(Bench.wrongCode())
    #expect(
      try await told(bench) == [
        "CreateUser done", "CreateVirtualMFADevice done", "EnableMFADevice rejected refused",
        "EnableMFADevice accepted",
        "VerifyCode accepted", "VerifyCode rejected reused", "VerifyCode rejected wrong_code",
      ])
    let rows = try await bench.verifier.auditRecords(AuditQuery(name: .verifyCode))
    #expect(rows[0].event.device == (try await bench.device(device)).serial.text && rows[0].event.user == "alice")
    #expect(rows.allSatisfy { $0.event.time == Bench.now.seconds })
  }

  @Test func `locks, unlocking, and attempts while locked are rows`() async throws {
    let bench = try await bench()
    let device = try await bench.enrolled()
    let before = try await told(bench).count
    for _ in 0..<6 { _ = try await bench.verify(Bench.wrongCode()) }
    _ = try await bench.verifier.resync(device, with: Bench.pair(Bench.step()), within: .selfService, at: Bench.now)
    _ = try await bench.verifier.unlock(UserName("alice"), at: Bench.now)
    #expect(
      try await told(bench, from: before) == Array(repeating: "VerifyCode rejected wrong_code", count: 5) + [
        "LockUser done for 1 s", "VerifyCode rejected locked", "ResyncMFADevice rejected locked", "UnlockUser done",
      ])
  }

  @Test func `what administrators do is a row, on whose behalf and from where`() async throws {
    let bench = try await bench()
    let device = try await bench.enrolled()
    let before = try await told(bench).count
    let context = RequestContext(
      actor: "root\u{1B}[2J", source: "192.0.2.7", requestID: String(repeating: "x", count: 999))
    let verifier = bench.verifier.on(behalfOf: context)
    _ = try await verifier.updateRules([.window: 2, .lockAfter: 6], at: Bench.now)
    let later = Bench.now.advanced(by: 90_000)
    _ = try await verifier.resync(
      device, with: Bench.pair(Bench.step() - 20), within: .administrative, resettingWatermark: true, at: Bench.now)
    _ = try await verifier.createRecoveryCodes(for: UserName("alice"), at: later)
    _ = try await verifier.deactivate(device, at: later)
    _ = try await verifier.delete(device, at: later)
    _ = try await verifier.deleteUser(UserName("alice"), at: later)
    #expect(
      try await told(bench, from: before) == [
        "UpdateVerificationRules done lock-after=6 window=2", "ResyncMFADevice accepted watermark lowered",
        "CreateRecoveryCodes done", "DeactivateMFADevice done", "DeleteVirtualMFADevice done", "DeleteUser done",
      ])
    let row = try await bench.verifier.auditRecords(AuditQuery(name: .updateRules))[0]
    #expect(row.context.actor == "root?[2J" && row.context.source == "192.0.2.7")
    #expect(row.context.requestID?.count == 256)
  }

  @Test func `what throws leaves no row, and no row holds a code or a seed`() async throws {
    let bench = try await bench()
    _ = try await bench.enrolled()
    let before = try await told(bench).count
    await #expect(throws: VerifierError.self) { try await bench.verify(OneTimeCode(parsing: "12345678")) }
    await #expect(throws: VerifierError.self) { try await bench.verify(Bench.wrongCode(), of: "nobody") }
    #expect(try await told(bench).count == before)
    let code = try Bench.code(Bench.step())
    _ = try await bench.verify(code)
    for row in try await bench.verifier.auditRecords(AuditQuery(limit: 1000)) {
      let text = "\(row.event) \(row.context)"
      #expect(!text.contains(code.digits) && !text.contains("12345678901234567890"))
    }
  }

  @Test func `rows are found by user, device, event and time`() async throws {
    let bench = try await bench()
    let device = try await bench.enrolled(for: "alice")
    _ = try await bench.enrolled(for: "bob", at: Bench.now.advanced(by: 3600))
    let serial = try await bench.device(device).serial.text
    func count(_ query: AuditQuery) async throws -> Int { try await bench.verifier.auditRecords(query).count }
    #expect(try await count(AuditQuery()) == 6)
    #expect(try await count(AuditQuery(user: UserName("alice"))) == 3)
    #expect(try await count(AuditQuery(device: serial)) == 2)
    #expect(try await count(AuditQuery(name: .createUser)) == 2)
    #expect(try await count(AuditQuery(since: Bench.now.seconds)) == 3)
    #expect(try await count(AuditQuery(until: Bench.now.seconds)) == 3)
    #expect(try await count(AuditQuery(limit: 2)) == 2)
    let all = try await bench.verifier.auditRecords(AuditQuery()).map(\.id)
    #expect(try await bench.verifier.auditRecords(AuditQuery(after: all[3])).map(\.id) == Array(all[4...]))
    #expect(try await bench.verifier.auditRecords(AuditQuery(order: .newestFirst)).map(\.id) == all.reversed())
    #expect(all == all.sorted() && Set(all).count == 6)
  }

  @Test func `a sealer seals until its task is cancelled, and once more then`() async throws {
    let bench = try await bench()
    _ = try await bench.enrolled()
    let sealer = AuditSealer(verifier: bench.verifier, interval: .seconds(3600))
    let running = Task { await sealer.run(now: { Bench.now }) }
    while try await bench.store.auditBatches(after: 0, limit: 1).isEmpty { await Task.yield() }
    _ = try await bench.verify(step: Bench.step())
    running.cancel()
    await running.value
    #expect(try await bench.verifier.verifyAudit().unsealedCount == 0)
    #expect(try await bench.store.auditBatches(after: 0, limit: 9).map(\.rowCount) == [3, 1])
  }

  @Test func `a head is read back, and nothing else is one`() throws {
    let text = "17:" + String(repeating: "0f", count: 32)
    #expect(try AuditHead(text).description == text)
    for wrong in [
      "", "17", "0:" + String(repeating: "0f", count: 32), "17:0f", "x:" + String(repeating: "0", count: 64),
    ] {
      #expect(throws: VerifierError.self) { try AuditHead(wrong) }
    }
  }
}
