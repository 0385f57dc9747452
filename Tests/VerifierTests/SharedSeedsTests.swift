import StoreContract
import OATH
import TestSupport
import Testing

@testable import Verifier

/// Two devices of a user that hold one seed are one thing to whoever has seen a code.
@Suite struct SharedSeedsTests {
  private let step = Bench.step()

  /// Devices `one` and `two` of the same seed, enabled by different pairs.
  private func bench(
    _ edit: @escaping @Sendable (inout Device) -> Void = { _ in }
  ) async throws -> (Bench, one: Serial, two: Serial) {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let one = try await bench.enrolled(name: "one")
    let two = try await bench.enrolled(name: "two", at: Bench.now.advanced(by: 60))
    try await bench.edit(two) {
      $0.lastStep = Bench.step() - 8
      edit(&$0)
    }
    return (bench, try await bench.device(one).serial, try await bench.device(two).serial)
  }

  private func verify(_ step: Int64, on serial: Serial?, _ bench: Bench, after: Int64 = 0) async throws -> Verdict {
    try await bench.verifier.verify(
      Bench.code(step), of: UserName("alice"), on: serial, at: Bench.now.advanced(by: after))
  }

  @Test func `a code is spent on both, whichever is named`() async throws {
    for named in [true, false] {
      let (bench, one, two) = try await bench()
      #expect(try await verify(step, on: named ? two : nil, bench).isAccepted)
      #expect(try await verify(step, on: one, bench) == .rejected(.reused))
      #expect(try await verify(step, on: two, bench) == .rejected(.reused))
      #expect(try await verify(step, on: nil, bench) == .rejected(.reused))
      #expect(try await verify(step + 1, on: one, bench).isAccepted)
    }
  }

  @Test func `a refused code is spent on none`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let one = try await bench.enrolled(name: "one")
    let other = Array("22222222222222222222".utf8)
    let two = try await bench.device(bench.enrolled(name: "two", seed: other)).serial
    #expect(try await verify(step, on: two, bench) == .rejected(.wrongCode))
    #expect(try await verify(step, on: bench.device(one).serial, bench).isAccepted)
  }

  @Test func `a code ahead of one device's window is spent there too`() async throws {
    let ahead = step + 5
    let (bench, one, two) = try await bench {
      $0.drift = 5; $0.syncDrift = 5
    }
    #expect(try await verify(ahead, on: two, bench).isAccepted)
    #expect(try await verify(ahead, on: one, bench, after: 150) == .rejected(.reused))
  }

  @Test func `what one has spent, the other does not take where it was enabled later`() async throws {
    let (bench, one, two) = try await bench()
    #expect(try await verify(step, on: one, bench).isAccepted)
    try await bench.edit(.serial(two)) { $0.lastStep = nil }
    #expect(try await verify(step, on: two, bench) == .rejected(.reused))
  }

  @Test func `a counter that stands at the present step shares its codes`() async throws {
    let before = step - 1
    let (bench, one, two) = try await bench { $0 = $0.countedFrom(before) }
    #expect(try await verify(step, on: one, bench).isAccepted)
    #expect(try await verify(step, on: two, bench) == .rejected(.reused))
    // A counter far from the present is left where it is.
    let (other, _, far) = try await self.bench { $0 = $0.countedFrom(3) }
    #expect(try await verify(step, on: nil, other).isAccepted)
    #expect(try await other.device(.serial(far)).lastStep == 3)
  }

  @Test func `a pair is spent on both`() async throws {
    let (bench, one, two) = try await bench()
    let verdict = try await bench.verifier.resync(
      .serial(two), with: Bench.pair(step), within: .administrative, at: Bench.now)
    #expect(verdict.isAccepted(step: step, drift: 0))
    for spent in [step - 1, step] { #expect(try await verify(spent, on: one, bench) == .rejected(.reused)) }
    #expect(
      try await bench.verifier.resync(.serial(one), with: Bench.pair(step), within: .selfService, at: Bench.now)
        == .refused)
    #expect(try await verify(step + 1, on: one, bench).isAccepted)
  }

  @Test func `a pair of which the other device has spent a code is refused`() async throws {
    for offset in [Int64(-1), 0] {
      let (bench, one, two) = try await bench()
      #expect(try await verify(step + offset, on: one, bench).isAccepted)
      try await bench.edit(.serial(two)) { $0.lastStep = nil }
      let pair = try Bench.pair(step)
      #expect(
        try await bench.verifier.resync(.serial(two), with: pair, within: .administrative, at: Bench.now) == .refused)
      #expect(try await bench.device(.serial(two)).syncFailures == 1)
    }
  }

  @Test func `a seed that another user holds is theirs`() async throws {
    let (bench, one, _) = try await bench()
    _ = try await bench.enrolled(for: "bob", name: "bobs")
    #expect(try await verify(step, on: one, bench).isAccepted)
    #expect(try await bench.verify(step: step, of: "bob").isAccepted)
  }

  /// Root's devices are for anybody to enable, and are of the same transaction.
  @Test func `a device that waits in root's pool is not touched`() async throws {
    let (bench, one, _) = try await bench()
    let pooled = try await bench.created(for: UserName.root.text, name: "pooled")
    try await bench.edit(pooled) { $0.status = .active }
    let waiting = try await bench.created(for: UserName.root.text, name: "waiting")
    let before = try await bench.device(pooled)
    let verdict = try await bench.verifier.enable(
      waiting, for: UserName("alice"), within: .administrative(deviceLimit: 8), with: Bench.pair(step), at: Bench.now)
    #expect(verdict.isAccepted(step: step, drift: 0))
    #expect(try await bench.device(pooled) == before)
    #expect(try await verify(step, on: one, bench) == .rejected(.reused))
  }
}

extension Device {
  /// The device, moved on by a counter that stands at `lastStep`.
  fileprivate func countedFrom(_ lastStep: Int64) -> Device {
    Device(
      id: id, serial: serial, user: user, issuer: issuer, movingFactor: .counter, parameters: parameters, seed: seed,
      status: status, lastStep: lastStep, syncDrift: 0, drift: 0, createdAt: createdAt, enabledAt: enabledAt)
  }
}
