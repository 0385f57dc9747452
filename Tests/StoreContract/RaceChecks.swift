import OATH
import Testing
import Verifier

extension StoreContract {
  static let races = [
    // Gitea CVE-2026-20779, yubikey-val, pam_google_authenticator, privacyIDEA, pam_oath: check, then update.
    Check("one code, 64 at once over four handles, is accepted once") { open in
      var benches: [Bench] = []
      for _ in 0..<4 { benches.append(try await Bench(store: open())) }
      _ = try await benches[0].enrolled()
      for round in 0..<Int64(10) {
        // Three steps later each time: also out of reach of the last round's step.
        let time = Bench.now.advanced(by: 90 * round)
        let code = try Bench.code(Bench.step(at: time))
        let verdicts = try await attempts(64, on: benches) { try await $0.verify(code, at: time) }
        #expect(verdicts.filter(\.isAccepted).count == 1)
        #expect(verdicts.allSatisfy { $0.isAccepted || $0 == .rejected(.reused) || $0.isLocked })
        _ = try await benches[0].verifier.unlock(UserName("alice"), at: time)
      }
    },
    // AuthQuake; CVE-2020-25827, CVE-2024-32868, CVE-2025-64102: parallel sessions, nodes or doors share no limit.
    Check("1,000 wrong guesses at once count 1,000") { open in
      let benches = [try await Bench(store: open()), try await Bench(store: open())]
      _ = try await benches[0].enrolled()
      _ = try await benches[0].store.updateRules([.throttle: 0], records: [])
      let wrong = try Bench.wrongCode()
      let verdicts = try await attempts(1000, on: benches) { try await $0.verify(wrong) }
      #expect(verdicts.allSatisfy { $0 == .rejected(.wrongCode) })
      #expect(try await benches[1].user().failures == 1000)
    },
    Check("with the throttle on, each of 200 is counted or refused as locked") { open in
      let benches = [try await Bench(store: open()), try await Bench(store: open())]
      _ = try await benches[0].enrolled()
      let wrong = try Bench.wrongCode()
      let verdicts = try await attempts(200, on: benches) { try await $0.verify(wrong) }
      #expect(verdicts.filter { $0 == .rejected(.wrongCode) }.count == 5)
      #expect(verdicts.filter(\.isLocked).count == 195)
      #expect(try await benches[0].user().failures == 5)
    },
    Check("one pair, 32 at once, enables once") { open in
      let benches = [try await Bench(store: open()), try await Bench(store: open())]
      let device = try await benches[0].created()
      let pair = try Bench.pair(Bench.step())
      let enabled = await withTaskGroup { group in
        for index in 0..<32 {
          group.addTask {
            switch await Result(catching: {
              try await benches[index % 2].verifier.enable(device, with: pair, at: Bench.now)
            }) {
            case .success(.accepted): true
            default: false
            }
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(enabled == 1)
    },
  ]

  private static func attempts(
    _ count: Int, on benches: [Bench], _ attempt: @escaping @Sendable (Bench) async throws -> Verdict
  ) async throws -> [Verdict] {
    try await withThrowingTaskGroup { group in
      for index in 0..<count { group.addTask { try await attempt(benches[index % benches.count]) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}

extension Verdict {
  fileprivate var isLocked: Bool { if case .rejected(.locked) = self { true } else { false } }
}

extension Result where Failure == any Error {
  fileprivate init(catching body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
