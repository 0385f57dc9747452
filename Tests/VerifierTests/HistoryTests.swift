import StoreContract
import Foundation
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier

/// Random histories of one user with one device, against the rules written down once more as plainly as can be.
@Suite struct HistoryTests {
  /// The rules, as plainly as can be.
  private struct Model {
    var lastStep: Int64, syncDrift: Int64 = 0, drift: Int64 = 0, side: Int64 = 0
    var failures = 0, lockedUntil: Int64 = 0, lastFailure: Int64 = 0, syncFailures = 0

    mutating func unlock() { (failures, lockedUntil, syncFailures) = (0, 0, 0) }

    /// A lock that was made more than a minute from now is void: the clock was set back.
    func isLocked(at now: Int64) -> Bool { lockedUntil > now && lastFailure - now <= 60 }

    mutating func verify(_ code: OneTimeCode, n: Int64, now: Int64, codes: CodeTable) -> String {
      if isLocked(at: now) { return "locked" }
      let reach = Set([n - 1, n, n + 1, n + drift - 1, n + drift, n + drift + 1]).filter { codes[$0] == code }
      guard let shown = reach.filter({ $0 > lastStep }).max() else {
        failures += 1
        lastFailure = now
        if failures >= 5 { lockedUntil = now + min(Int64(1) << min(failures - 5, 20), 900) }
        return reach.isEmpty ? "wrong" : "reused"
      }
      (lastStep, failures, lockedUntil) = (shown, 0, 0)
      let newSide = (shown - n - drift).signum()
      if newSide != 0, newSide == side, (drift + newSide - syncDrift).magnitude <= 10 { drift += newSide }
      side = (shown - n - drift).signum()
      return "accepted"
    }

    mutating func sync(_ pair: CodePair, n: Int64, now: Int64, codes: CodeTable) -> String {
      if isLocked(at: now) { return "locked" }
      if syncFailures == 10 { return "spent" }
      let fits = (n - 120...n + 120).filter { second in
        second - 1 > lastStep && codes[second - 1] == pair.first && codes[second] == pair.second
      }
      guard fits.count == 1, let second = fits.first else {
        syncFailures += 1
        return "refused"
      }
      (lastStep, syncDrift, drift, side, syncFailures) = (second, second - n, second - n, 0, 0)
      return "accepted"
    }
  }

  /// VMFA_ROUNDS says how many histories; each is of thirty acts.
  private static var histories: Int { ProcessInfo.processInfo.environment["VMFA_ROUNDS"].flatMap { Int($0) } ?? 10 }

  @Test(arguments: 0..<8 as Range<UInt64>) func `the verifier and the model never differ`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let codes = try CodeTable()
    for _ in 0..<max(40, Self.histories * 50 / 8) { try await history(&random, codes, seed: seed) }
  }

  private func history(_ random: inout SeededGenerator, _ codes: CodeTable, seed: UInt64) async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.enrolled()
    var time = Bench.now, model = Model(lastStep: Bench.step() - 10)
    for event in 0..<30 {
      // Now and then the clock goes back, by a little, a lock's length, or an hour, or ahead by a day.
      let jumps: [Int64] = [0, 0, 1, 7, 30, 30, 45, 90, 1000, -20, -70, -3600, 86_400]
      time = time.advanced(by: jumps.randomElement(using: &random) ?? 0)
      let n = Bench.step(at: time)
      let isWrong = Int.random(in: 0..<4, using: &random) == 0
      let shown = n + model.drift + Int64.random(in: -3...3, using: &random)
      let answer: String, expected: String
      switch Int.random(in: 0..<12, using: &random) {
      case 0, 1:
        let second = shown + (Bool.random(using: &random) ? 0 : Int64.random(in: -130...130, using: &random))
        let wrong = codes.wrong(near: n)
        let pair = isWrong ? CodePair(wrong, wrong) : CodePair(codes[second - 1], codes[second])
        answer = try await bench.verifier.resync(device, with: pair, within: .selfService, at: time).word
        expected = model.sync(pair, n: n, now: time.seconds, codes: codes)
      case 2 where model.failures > 3:
        _ = try await bench.verifier.unlock(device, at: time)
        model.unlock()
        (answer, expected) = ("", "")
      case 3:
        // What was accepted last, once more.
        let last = codes[model.lastStep]
        answer = try await bench.verify(last, at: time).word
        expected = model.verify(last, n: n, now: time.seconds, codes: codes)
      default:
        let code = isWrong ? codes.wrong(near: n) : codes[shown]
        answer = try await bench.verify(code, at: time).word
        expected = model.verify(code, n: n, now: time.seconds, codes: codes)
      }
      let state = try await bench.device(device)
      let isSame =
        answer == expected && state.lastStep == model.lastStep && state.drift == model.drift
        && state.syncDrift == model.syncDrift
      if !isSame {
        Issue.record("seed \(seed), act \(event): \(answer), and the model says \(expected)")
        return
      }
    }
  }
}

/// The codes of the days around the histories, computed once.
private struct CodeTable {
  private let first: Int64
  private let codes: [OneTimeCode]

  init() throws {
    first = Bench.step() - 30_000
    let seed = Bench.seed
    var totp = try TOTP(secret: SecretBytes(copying: seed.span))
    codes = try (first..<first + 150_000).map { step in try #require(try totp.code(step: step)) }
  }

  subscript(step: Int64) -> OneTimeCode { codes[Int(step - first)] }

  /// A code that none of the steps around has.
  func wrong(near step: Int64) -> OneTimeCode {
    let near = (step - 40...step + 40).map { self[$0] }
    var far = step + 1000
    while near.contains(self[far]) { far += 1 }
    return self[far]
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
