package import OATH
import OpenSSLCrypto
import Testing
package import Verifier

extension StoreContract {
  static let audit = [
    Check("a row is kept with its change, or neither is") { open in
      let bench = try await Bench(store: open())
      let device = try await bench.enrolled()
      let before = try await bench.store.auditRecords(AuditQuery(limit: 1000))
      #expect(before.count == 3 && before.allSatisfy { $0.batch == nil })
      await #expect(throws: VerifierError.corruptRecord("x")) {
        try await bench.store.transaction(.owner(of: device)) { state throws(VerifierError) in
          state.user?.failures = 4
          state.records = [before[0]]
          throw .corruptRecord("x")
        }
      }
      #expect(try await bench.store.auditRecords(AuditQuery(limit: 1000)) == before)
      #expect(try await open().auditRecords(AuditQuery(limit: 1000)) == before)
    },
    Check("rows are sealed once, by whoever is first, in batches of 1,000") { open in
      let benches = [try await Bench(store: open()), try await Bench(store: open())]
      _ = try await benches[0].enrolled()
      _ = try await benches[0].store.updateRules([.throttle: 0], records: [])
      let wrong = try Bench.wrongCode()
      for bench in benches {
        for _ in 0..<520 { _ = try await bench.verify(wrong) }
      }
      let heads = try await withThrowingTaskGroup(of: AuditHead?.self) { group in
        for bench in benches { for _ in 0..<4 { group.addTask { try await bench.verifier.sealAudit(at: Bench.now) } } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(heads.contains { $0?.number == 2 })
      let batches = try await benches[1].store.auditBatches(after: 0, limit: 10)
      #expect(batches.map(\.number) == [1, 2] && batches.map(\.rowCount) == [1000, 43])
      let report = try await benches[1].verifier.verifyAudit(against: batches[1].head)
      #expect(report.findings.isEmpty && report.rowCount == 1043 && report.unsealedCount == 0)
    },
    Check("who follows the trail misses no row, however late it comes and whatever its clock said") { open in
      let bench = try await Bench(store: open())
      _ = try await bench.enrolled(for: "alice")
      let seen = try await bench.trail(after: "")
      #expect(seen.count == 3 && seen.allSatisfy { $0.batch == 1 })
      // On its way when the others were read: its id comes before all of theirs.
      let late = AuditRecord(
        id: "00000000-0000-7000-8000-000000000001", event: seen[0].event, context: seen[0].context,
        keyID: seen[0].keyID, tag: seen[0].tag)
      try await bench.store.append([late])
      _ = try await bench.enrolled(for: "bob")
      let next = try await bench.trail(after: seen[2].id)
      #expect(next.count == 4 && next[0].id == late.id && next.allSatisfy { $0.batch == 2 })
      #expect(try await bench.trail(AuditQuery(user: UserName("bob")), after: seen[2].id) == Array(next[1...]))
      var pages: [AuditRecord] = []
      while case let page = try await bench.trail(AuditQuery(limit: 2), after: pages.last?.id), !page.isEmpty {
        pages += page
      }
      #expect(pages == seen + next)
      // What cannot be sealed is not in it.
      let foreign = AuditRecord(
        id: "x", event: late.event, context: late.context, keyID: late.keyID, tag: late.tag)
      try await bench.store.append([foreign])
      #expect(try await bench.trail(after: nil) == seen + next)
      await #expect(throws: VerifierError.noSuchAuditRow("x")) { try await bench.trail(after: "x") }
    },
    Check("recovery codes work once, for their own user, 32 at once") { open in
      let benches = [try await Bench(store: open()), try await Bench(store: open())]
      _ = try await benches[0].enrolled(for: "alice")
      _ = try await benches[0].enrolled(for: "bob")
      let codes = try await benches[0].verifier.createRecoveryCodes(for: UserName("alice"), at: Bench.now)
      #expect(Set(codes).count == 10)
      _ = try await benches[0].store.updateRules([.throttle: 0], records: [])
      let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<32 {
          group.addTask {
            try await benches[index % 2].recover(codes[3]) == .accepted(.recoveryCode(remaining: 9))
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(accepted == 1)
      #expect(try await benches[1].recover(codes[4], of: "bob") == .rejected(.wrongCode))
      #expect(try await benches[1].user().recovery?.remaining == 9)
    },
    Check("keys are added once and not removed while they are in use") { open in
      let bench = try await Bench(store: open())
      _ = try await bench.enrolled()
      let keys = try await bench.store.keys()
      #expect(try await bench.store.seedCounts() == [keys[0].id: 1])
      await #expect(throws: VerifierError.keyInUse(keys[0].id)) {
        try await bench.store.changeKeys { state throws(VerifierError) in state.keys.removeFirst() }
      }
      #expect(try await open().keys() == keys)
    },
    Check("keys rotate under one replica while another verifies") { open in
      let (one, other) = (try await Bench(store: open()), try await Bench(store: open()))
      for index in 0..<20 { _ = try await one.enrolled(for: "u\(index)") }
      let old = try await one.store.keys()[0].id
      let done = try await one.verifier.rotateKeys(at: Bench.now)
      #expect(done.resealed == 20 && !done.isResumed)
      let keys = try await one.store.keys()
      #expect(keys.map(\.purpose) == [.integrity, .seed, .integrity] && !keys.contains { $0.id == old })
      // The other one still has the old key only: it looks again, for reading and for sealing.
      for index in 0..<20 { #expect(try await other.verify(step: Bench.step(), of: "u\(index)").isAccepted) }
      _ = try await other.enrolled(for: "new")
      #expect(try await other.verifier.verifyAudit().findings.isEmpty)
      #expect(try await other.verifier.checkDatabase().problems.isEmpty)
    },
    Check("a replica that does not know of a rotation seals under no key that is gone") { open in
      let (one, other) = (try await Bench(store: open()), try await Bench(store: open()))
      _ = try await one.verifier.rotateKeys(at: Bench.now)
      let device = try await other.enrolled()
      #expect(try await one.device(device).seed.keyID == (try await one.store.keys()).last { $0.purpose == .seed }?.id)
    },
  ]
}

extension Bench {
  fileprivate func trail(_ query: AuditQuery = AuditQuery(), after id: String?) async throws -> [AuditRecord] {
    _ = try await verifier.sealAudit(at: Self.now)
    return try await verifier.auditTrail(query, after: id)
  }

  package func recover(_ code: String, of user: String = "alice", at time: UnixTime = now) async throws -> Verdict {
    let text = Array(code.utf8)
    return try await verifier.verify(RecoveryCode(parsing: text.span), of: UserName(user), at: time)
  }
}

extension Verdict {
  package var isAccepted: Bool { if case .accepted = self { true } else { false } }
}
