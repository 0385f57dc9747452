import StoreContract
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@testable import Verifier

/// Codes with request ids, and codes of users who are not there.
@Suite struct AttemptTests {
  private let step = Bench.step()

  private func bench() async throws -> (Bench, UserName) {
    let bench = try await Bench(store: InMemoryDeviceStore())
    _ = try await bench.enrolled()
    return (bench, try UserName("alice"))
  }

  private func events(_ bench: Bench) async throws -> [AuditRecord] {
    try await bench.store.auditRecords(AuditQuery(limit: 100))
  }

  @Test func `an answer is repeated for five minutes less a second, and says that it is`() async throws {
    for (later, isRepeated) in [(Int64(0), true), (1, true), (299, true), (300, false), (301, false)] {
      let (bench, alice) = try await bench()
      let code = try Bench.code(step)
      let first = try await bench.verifier.attempt(code, by: alice, requestID: "r", at: Bench.now)
      #expect(first.verdict.isAccepted && !first.isRepeated)
      let again = try await bench.verifier.attempt(
        code, by: alice, requestID: "r", at: Bench.now.advanced(by: later))
      #expect(again.isRepeated == isRepeated, "\(later) s later")
      #expect(again.verdict.isAccepted == isRepeated, "\(later) s later")
    }
  }

  @Test func `a clock that was set back repeats no answer from another time`() async throws {
    let (bench, alice) = try await bench()
    let code = try Bench.code(step)
    _ = try await bench.verifier.attempt(code, by: alice, requestID: "r", at: Bench.now)
    let back = { Bench.now.advanced(by: -$0) }
    #expect(try await bench.verifier.attempt(code, by: alice, requestID: "r", at: back(299)).isRepeated)
    #expect(try await !bench.verifier.attempt(code, by: alice, requestID: "r", at: back(300)).isRepeated)
  }

  @Test func `the 32 newest answers are kept`() async throws {
    let (bench, alice) = try await bench()
    _ = try await bench.verifier.updateRules([.throttle: 0], at: Bench.now)
    let wrong = try Bench.wrongCode()
    for number in 0..<33 {
      _ = try await bench.verifier.attempt(wrong, by: alice, requestID: "r\(number)", at: Bench.now)
    }
    #expect(try await bench.verifier.attempt(wrong, by: alice, requestID: "r1", at: Bench.now).isRepeated)
    #expect(try await bench.verifier.attempt(wrong, by: alice, requestID: "r32", at: Bench.now).isRepeated)
    #expect(try await !bench.verifier.attempt(wrong, by: alice, requestID: "r0", at: Bench.now).isRepeated)
  }

  @Test func `an answer survives being stored, and what is no answer is none`() throws {
    for text in ["", "x", "1\tn\tk\tt", "x\tn\tk\tt\twrong_code", "1\tn\tk\tt\tcode\tx\ts", "1\tn\tk\tt\tnonsense"] {
      #expect(KeptAnswers(text: text) == nil || text.isEmpty, "\(text)")
    }
    for answer in ["code\t5\tserial", "recovery\t3", "locked\t9", "locked", "wrong_code", "reused", "no_device"] {
      let text = "1\tn\tk\tt\t\(answer)"
      #expect(KeptAnswers(text: text)?.text == text)
    }
  }

  /// A user who is not there, and one without a device: one answer, one row of the same form, one transaction.
  @Test func `a missing user is answered and recorded like one without a device`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    _ = try await bench.created(for: "there")
    let before = try await events(bench).count
    for name in ["there", "nobody"] {
      let user = try UserName(name)
      for id in [nil, "r"] {
        let code = try await bench.verifier.attempt(Bench.code(step), by: user, requestID: id, at: Bench.now)
        #expect(code == Attempt(verdict: .rejected(.noDevice), isRepeated: false))
        let text = Array("AAAA-BBBB-CCCC-DDDD".utf8)
        let recovery = try await bench.verifier.attempt(
          RecoveryCode(parsing: text.span), by: user, requestID: id, at: Bench.now)
        #expect(recovery == Attempt(verdict: .rejected(.noDevice), isRepeated: false))
      }
    }
    let rows = try await events(bench).dropFirst(before).map { row in
      [row.event.name.rawValue, row.event.outcome.rawValue, row.event.reason ?? ""]
    }
    #expect(rows.count == 8 && Array(rows.prefix(4)) == Array(rows.suffix(4)))
    await #expect(throws: VerifierError.self) { try await bench.verifier.user(UserName("nobody")) }
  }

  @Test func `an id that is taken compares nothing`() async throws {
    let (bench, alice) = try await bench()
    _ = try await bench.verifier.attempt(Bench.wrongCode(), by: alice, requestID: "r", at: Bench.now)
    await #expect(throws: VerifierError.requestIDTaken) {
      try await bench.verifier.attempt(Bench.code(step), by: alice, requestID: "r", at: Bench.now)
    }
    #expect(try await bench.user().failures == 2)
    #expect(try await bench.verify(step: step).isAccepted)
  }
}
