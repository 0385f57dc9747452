import StoreContract
import OATH
import Testing
import Verifier

/// Learning: what follows from on which side accepted codes lie.
@Suite struct DriftTests {
  private func enrolled() async throws -> (Bench, DeviceReference) {
    let bench = try await Bench(store: InMemoryDeviceStore())
    return (bench, try await bench.enrolled())
  }

  /// Verifies the codes of a device that is `lag` steps behind at each of ten-minute intervals.
  private func run(_ bench: Bench, lags: [Int64]) async throws -> [Bool] {
    var results: [Bool] = []
    for (index, lag) in lags.enumerated() {
      let time = Bench.now.advanced(by: 600 * Int64(index))
      results.append(try await bench.verify(step: Bench.step(at: time) - lag, at: time).isAccepted)
    }
    return results
  }

  @Test func `once late moves nothing, twice late moves one step`() async throws {
    let (bench, device) = try await enrolled()
    _ = try await run(bench, lags: [1])
    #expect(try await bench.device(device).drift == 0)
    let (second, other) = try await enrolled()
    _ = try await run(second, lags: [1, 1])
    #expect(try await second.device(other).drift == -1)
    let (third, slow) = try await enrolled()
    _ = try await run(third, lags: [1, 0, 1, 0, 1, 0])
    #expect(try await third.device(slow).drift == 0)
  }

  @Test func `a device that loses time is followed ten steps from its sync and no further`() async throws {
    let (bench, device) = try await enrolled()
    let lags = (0..<40).map { Int64($0 / 3) }
    let results = try await run(bench, lags: lags)
    #expect(try await bench.device(device).drift == -10)
    // Followed to ten steps, plus the window; beyond that it needs a resync.
    #expect(zip(lags, results).allSatisfy { lag, accepted in accepted == (lag <= 11) })
    #expect(results.prefix { $0 }.count >= 36)
  }

  @Test func `a phone whose clock was put right is not locked out`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.created()
    _ = try await bench.verifier.enable(device, with: Bench.pair(Bench.step() - 10), at: Bench.now)
    let later = Bench.now.advanced(by: 3600)
    #expect(try await bench.verify(step: Bench.step(at: later), at: later).isAccepted)
  }

  @Test func `between the two centres there is a gap that is not accepted`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.created()
    _ = try await bench.verifier.enable(device, with: Bench.pair(Bench.step() - 10), at: Bench.now)
    let later = Bench.now.advanced(by: 3600)
    #expect(try await bench.verify(step: Bench.step(at: later) - 5, at: later) == .rejected(.wrongCode))
  }
}
