import StoreContract
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@testable import Verifier

/// The two-consecutive-codes rule.
@Suite struct PairSyncTests {
  private let now = Bench.now
  private let step = Bench.step()

  struct File: Decodable { var cases: [Case] }
  struct Case: Decodable, Sendable {
    var name, keyHex, code1, code2, expect: String
    var now, period, windowSteps: Int64
    var digits: Int
    var watermark, matchedStep2: Int64?
  }

  @Test(arguments: Vectors.load("sync/pairs.json", as: File.self).cases)
  func `vectors`(vector: Case) async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let time = try UnixTime(seconds: vector.now)
    let parameters = try TOTPParameters(digits: Digits(count: vector.digits), period: vector.period)
    let device = try await bench.created(seed: Array(hex: vector.keyHex), parameters: parameters, at: time)
    try await bench.edit(device) { device in
      device.status = .active
      device.lastStep = vector.watermark
    }
    _ = try await bench.verifier.updateRules([.resyncReach: vector.windowSteps], at: Bench.now)
    let pair = CodePair(try OneTimeCode(parsing: vector.code1), try OneTimeCode(parsing: vector.code2))
    let verdict = try await bench.verifier.resync(device, with: pair, within: .administrative, at: time)
    if let second = vector.matchedStep2 {
      #expect(verdict.isAccepted(step: second, drift: second - parameters.step(at: time)))
      #expect(try await bench.device(device).lastStep == second)
    } else {
      #expect(verdict == .refused)
      #expect(try await bench.device(device).lastStep == vector.watermark)
    }
  }

  @Test(.bug(id: "privacyIDEA: watermark one step too high"), .bug(id: "FreeIPA: offset one step high"))
  func `after the pair (T-1, T) the code of T+1 is accepted, and drift is 0`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.created()
    #expect(try await bench.verifier.enable(device, with: Bench.pair(step), at: now).isAccepted(step: step, drift: 0))
    #expect(try await bench.verify(step: step) == .rejected(.reused))
    #expect(try await bench.verify(step: step - 1) == .rejected(.reused))
    #expect(try await bench.verify(step: step + 1).isAccepted)
    #expect(try await bench.device(device).drift == 0)
  }

  @Test(arguments: [-10, -9, 0, 9, 10] as [Int64]) func `a device off by ten steps is enabled, its drift kept`(
    off: Int64
  ) async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.created()
    let verdict = try await bench.verifier.enable(device, with: Bench.pair(step + off), at: now)
    #expect(verdict.isAccepted(step: step + off, drift: off))
    let later = now.advanced(by: 300)
    #expect(try await bench.verify(step: step + 10 + off, at: later).isAccepted)
    #expect(try await bench.verify(step: step + 10 + off + 2, at: later) == .rejected(.wrongCode))
  }

  @Test(arguments: [-11, 11] as [Int64]) func `off by eleven is not`(off: Int64) async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.created()
    #expect(try await bench.verifier.enable(device, with: Bench.pair(step + off), at: now) == .refused)
    #expect(try await bench.device(device).status == .unassigned)
  }

  @Test func `reach of a user and of an administrator`() async throws {
    for (limits, reach) in [(ResyncLimits.selfService, Int64(120)), (.administrative, 2880)] {
      for off in [-reach, reach] {
        let bench = try await Bench(store: InMemoryDeviceStore())
        let device = try await bench.enrolled(at: now.advanced(by: -200_000))
        let beyond = try Bench.pair(step + off + off.signum())
        #expect(try await bench.verifier.resync(device, with: beyond, within: limits, at: now) == .refused)
        #expect(
          try await bench.verifier.resync(device, with: Bench.pair(step + off), within: limits, at: now).isAccepted(
            step: step + off, drift: off))
      }
    }
  }

  @Test(.bug(id: "CVE-2019-12887"), .bug(id: "google-authenticator-libpam: a skew-learning code used again"))
  func `same code twice, swapped, gapped, half right, spent: one answer`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.enrolled()
    let (a, b, c) = (try Bench.code(step - 1), try Bench.code(step), try Bench.code(step + 1))
    let wrong = try Bench.wrongCode()
    let spent = try Bench.pair(step - 10)
    for pair in [CodePair(b, b), CodePair(b, a), CodePair(a, c), CodePair(a, wrong), CodePair(wrong, b), spent] {
      #expect(try await bench.verifier.resync(device, with: pair, within: .administrative, at: now) == .refused)
    }
    #expect(
      try await bench.verifier.resync(device, with: CodePair(a, b), within: .administrative, at: now).isAccepted(
        step: step, drift: 0))
    #expect(try await bench.verifier.resync(device, with: CodePair(a, b), within: .administrative, at: now) == .refused)
    // Its second code took part as well.
    #expect(try await bench.verifier.resync(device, with: CodePair(b, c), within: .administrative, at: now) == .refused)
  }

  @Test func `neighbouring steps with the same code are a pair like any other`() async throws {
    struct Edges: Decodable {
      struct Edge: Decodable { var step: Int64, code: String }
      var equalAdjacent: [Edge]
    }
    for edge in Vectors.load("codes/edge_codes.json", as: Edges.self).equalAdjacent {
      let time = UnixTime.epoch.advanced(by: (edge.step + 1) * 30 + 3)
      let bench = try await Bench(store: InMemoryDeviceStore())
      let device = try await bench.created(at: time)
      let code = try OneTimeCode(parsing: edge.code)
      #expect(
        try await bench.verifier.enable(device, with: CodePair(code, code), at: time).isAccepted(
          step: edge.step + 1, drift: 0))
    }
  }

  @Test(.bug(id: "privacyIDEA, multiOTP: independent matching in a wide window"))
  func `decoys of one code within a day do not lead astray`() async throws {
    // A search over single codes would meet these: steps of the day that share one code of the pair.
    var totp = try TOTP(secret: SecretBytes(text: "12345678901234567890"))
    var decoys = 0
    for off in Int64(-2880)...2880 {
      let pair = try Bench.pair(step + off)
      if off.isMultiple(of: 97) {
        let found = try PairSearch.find(pair, of: &totp, around: step, reach: 2880) { _ in true }
        #expect(found == .one(first: step + off - 1))
      }
      if try Bench.code(step + off) == Bench.code(step) { decoys += 1 }
    }
    #expect(decoys >= 1)
  }

  /// A seed found by search: within a day its codes hold one pair twice.
  struct AmbiguousFile: Decodable { var seed: String, now: Int64, seconds: [Int64], code1: String, code2: String }

  @Test func `two pairs that fit are refused, and the next pair decides`() async throws {
    let file = Vectors.load("sync/ambiguous.json", as: AmbiguousFile.self)
    let time = try UnixTime(seconds: file.now), seed = Array(file.seed.utf8)
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.enrolled(seed: seed, at: time.advanced(by: -200_000))
    let pair = CodePair(try OneTimeCode(parsing: file.code1), try OneTimeCode(parsing: file.code2))
    for second in file.seconds { #expect(try Bench.pair(second, seed: seed) == pair) }
    #expect(try await bench.verifier.resync(device, with: pair, within: .administrative, at: time) == .refused)
    let next = try Bench.pair(file.seconds[0] + 1, seed: seed)
    #expect(
      try await bench.verifier.resync(device, with: next, within: .administrative, at: time).isAccepted(
        step: file.seconds[0] + 1, drift: file.seconds[0] + 1 - Bench.step(at: time)))
  }

  @Test func `ten refused syncs in a row are the last until an administrator resets`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.created()
    let wrong = CodePair(try Bench.wrongCode(), try Bench.wrongCode())
    for _ in 0..<10 { #expect(try await bench.verifier.enable(device, with: wrong, at: now) == .refused) }
    #expect(try await bench.verifier.enable(device, with: Bench.pair(step), at: now) == .budgetSpent)
    _ = try await bench.verifier.unlock(device, at: now)
    #expect(try await bench.verifier.enable(device, with: Bench.pair(step), at: now).isAccepted(step: step, drift: 0))
    #expect(try await bench.device(device).syncFailures == 0)
  }

  @Test(.bug(id: "multiOTP: resync skips the lock"))
  func `a sync neither clears the throttle nor works while it locks`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.enrolled()
    for _ in 0..<4 { _ = try await bench.verify(Bench.wrongCode()) }
    let pair = try Bench.pair(step)
    #expect(
      try await bench.verifier.resync(device, with: pair, within: .selfService, at: now).isAccepted(
        step: step, drift: 0))
    #expect(try await bench.user().failures == 4)
    _ = try await bench.verify(Bench.wrongCode())
    #expect(
      try await bench.verifier.resync(device, with: Bench.pair(step + 2), within: .selfService, at: now)
        == .locked(retryAfter: 1))
  }

  @Test func `a watermark ahead of the clock comes down only when asked`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.enrolled()
    _ = try await bench.verifier.resync(device, with: Bench.pair(step + 2000), within: .administrative, at: now)
    #expect(
      try await bench.verifier.resync(device, with: Bench.pair(step), within: .administrative, at: now) == .refused)
    let spent = try Bench.pair(step + 2000)
    #expect(
      try await bench.verifier.resync(device, with: spent, within: .administrative, resettingWatermark: true, at: now)
        == .refused)
    #expect(
      try await bench.verifier.resync(
        device, with: Bench.pair(step), within: .selfService, resettingWatermark: true, at: now)
        == .refused)
    #expect(
      try await bench.verifier.resync(
        device, with: Bench.pair(step), within: .administrative, resettingWatermark: true, at: now
      ).isAccepted(step: step, drift: 0))
    #expect(try await bench.verify(step: step + 1).isAccepted)
  }

  @Test func `codes of another length are an error and not counted`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.created()
    let seven = try OneTimeCode(parsing: "1234567")
    await #expect(throws: VerifierError.wrongCodeLength(expected: [.six])) {
      _ = try await bench.verifier.enable(device, with: CodePair(seven, seven), at: now)
    }
    #expect(try await bench.device(device).syncFailures == 0)
  }
}
