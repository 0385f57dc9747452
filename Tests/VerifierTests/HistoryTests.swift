import DeviceStoreContract
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier

/// Random histories of one user with one device, against the rules written down once more as plainly as can be.
@Suite struct HistoryTests {
  /// The rules on steps instead of codes.
  private struct Model {
    var lastStep: Int64, syncDrift: Int64 = 0, drift: Int64 = 0, side: Int64 = 0
    var failures = 0, lockedUntil: Int64 = 0, syncFailures = 0

    mutating func verify(shown: Int64?, n: Int64, now: Int64) -> String {
      if lockedUntil > now { return "locked" }
      let reach = Set([n - 1, n, n + 1, n + drift - 1, n + drift, n + drift + 1])
      guard let shown, reach.contains(shown), shown > lastStep else {
        failures += 1
        if failures >= 5 { lockedUntil = now + min(Int64(1) << min(failures - 5, 20), 900) }
        return shown.map { reach.contains($0) } == true ? "reused" : "wrong"
      }
      (lastStep, failures, lockedUntil) = (shown, 0, 0)
      let newSide = (shown - n - drift).signum()
      if newSide != 0, newSide == side, (drift + newSide - syncDrift).magnitude <= 10 { drift += newSide }
      side = (shown - n - drift).signum()
      return "accepted"
    }

    mutating func sync(second: Int64?, n: Int64, now: Int64) -> String {
      if lockedUntil > now { return "locked" }
      if syncFailures == 10 { return "spent" }
      guard let second, abs(second - n) <= 120, second - 1 > lastStep else {
        syncFailures += 1
        return "refused"
      }
      (lastStep, syncDrift, drift, side, syncFailures) = (second, second - n, second - n, 0, 0)
      return "accepted"
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func `the verifier and the model never differ`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let bench = try await Bench(store: InMemoryDeviceStore())
      let device = try await bench.enrolled()
      var time = Bench.now, model = Model(lastStep: Bench.step() - 10)
      for event in 0..<60 {
        time = time.advanced(by: [0, 1, 7, 30, 45, 90, 1000].randomElement(using: &random) ?? 0)
        let n = Bench.step(at: time)
        let isWrong = Int.random(in: 0..<4, using: &random) == 0
        let shown = n + model.drift + Int64.random(in: -3...3, using: &random)
        let answer: String, expected: String
        if Int.random(in: 0..<6, using: &random) == 0 {
          let second = shown + (Bool.random(using: &random) ? 0 : Int64.random(in: -130...130, using: &random))
          let wrong = try Bench.wrongCode(near: n)
          let pair = isWrong ? CodePair(wrong, wrong) : try Bench.pair(second)
          answer = try await bench.verifier.resync(device, with: pair, by: .user, at: time).word
          expected = model.sync(second: isWrong ? nil : second, n: n, now: time.seconds)
        } else {
          let code = isWrong ? try Bench.wrongCode(near: n) : try Bench.code(shown)
          answer = try await bench.verify(code, at: time).word
          expected = model.verify(shown: isWrong ? nil : shown, n: n, now: time.seconds)
        }
        #expect(answer == expected, "seed \(seed), event \(event)")
        let state = try await bench.device(device)
        #expect(state.lastStep == model.lastStep && state.drift == model.drift && state.syncDrift == model.syncDrift)
      }
    }
  }
}

extension Verdict {
  fileprivate var word: String {
    switch self {
    case .accepted: "accepted"
    case .rejected(.wrongCode): "wrong"
    case .rejected(.reused): "reused"
    case .rejected(.locked): "locked"
    case .rejected(.noDevice): "none"
    }
  }
}

extension SyncVerdict {
  fileprivate var word: String {
    switch self {
    case .accepted: "accepted"
    case .refused: "refused"
    case .locked: "locked"
    case .budgetSpent: "spent"
    }
  }
}
