import StoreContract
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier

/// Rules 1 to 4 of a verification, and what broke in others there.
@Suite struct CodeCheckTests {
  private let now = Bench.now
  private let step = Bench.step()

  private func bench() async throws -> (Bench, DeviceReference) {
    let bench = try await Bench(store: InMemoryDeviceStore())
    return (bench, try await bench.enrolled())
  }

  @Test(
    .bug(id: "CVE-2015-7225"), .bug(id: "CVE-2021-43177"), .bug(id: "CVE-2021-45331"), .bug(id: "CVE-2024-41800"),
    .bug(id: "CVE-2026-33473"))
  func `an accepted code is refused in its own step and in the next two`() async throws {
    let (bench, device) = try await bench()
    let serial = try await bench.device(device).serial
    #expect(try await bench.verify(step: step) == .accepted(device: serial, step: step))
    // Past the window nothing tells a spent code from any other.
    for (later, reason) in [(Int64(0), Rejection.reused), (30, .reused), (60, .wrongCode), (90, .wrongCode)] {
      #expect(try await bench.verify(step: step, at: now.advanced(by: later)) == .rejected(reason))
    }
  }

  @Test func `the window is one step either way, and an older step is passed over`() async throws {
    for (offset, isAccepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
      let (bench, _) = try await bench()
      let verdict = try await bench.verify(step: step + Int64(offset))
      #expect(verdict == (isAccepted ? verdict.asAccepted : .rejected(.wrongCode)), "offset \(offset)")
    }
    let (bench, _) = try await bench()
    _ = try await bench.verify(step: step + 1)
    #expect(try await bench.verify(step: step) == .rejected(.reused))
    #expect(try await bench.verify(step: step - 1) == .rejected(.reused))
  }

  @Test func `the widest window the rules give, and none`() async throws {
    let (bench, _) = try await bench()
    _ = try await bench.verifier.updateRules([.window: 0, .throttle: 0], at: Bench.now)
    #expect(try await bench.verify(step: step - 1) == .rejected(.wrongCode))
    #expect(try await bench.verify(step: step + 1) == .rejected(.wrongCode))
    _ = try await bench.verifier.updateRules([.window: 10], at: Bench.now)
    #expect(try await bench.verify(step: step - 9).isAccepted)
    #expect(try await bench.verify(step: step + 10).isAccepted)
  }

  @Test func `equal codes of neighbouring steps are one code, and spent as one`() async throws {
    struct File: Decodable {
      struct Edge: Decodable { var step: Int64, code: String }
      var equalAdjacent: [Edge]
    }
    for edge in Vectors.load("codes/edge_codes.json", as: File.self).equalAdjacent {
      let time = UnixTime.epoch.advanced(by: edge.step * 30 + 3)
      let bench = try await Bench(store: InMemoryDeviceStore())
      let device = try await bench.enrolled(at: time)
      let code = try OneTimeCode(parsing: edge.code)
      let serial = try await bench.device(device).serial
      // The higher of the two steps is taken, so that the digits never work twice within reach.
      #expect(try await bench.verify(code, at: time) == .accepted(device: serial, step: edge.step + 1))
      #expect(try await bench.verify(code, at: time.advanced(by: 30)) == .rejected(.reused))
    }
  }

  @Test(.bug(id: "CVE-2025-6014"), .bug(id: "CVE-2025-55000"))
  func `no spelling of a spent code works`() async throws {
    struct File: Decodable { var keyHex: String, now: Int64, valid: String, variants: [String] }
    let file = Vectors.load("codes/input_variants.json", as: File.self)
    let time = try UnixTime(seconds: file.now)
    let bench = try await Bench(store: InMemoryDeviceStore())
    _ = try await bench.enrolled(seed: Array(hex: file.keyHex), at: time)
    #expect(try await bench.verify(OneTimeCode(parsing: file.valid), at: time).isAccepted)
    for variant in file.variants {
      guard let code = try? OneTimeCode(parsing: variant), code.length == .six else { continue }
      #expect(try await bench.verify(code, at: time) == .rejected(.reused))
    }
  }

  @Test func `a code of another length is an error, and not counted`() async throws {
    let (bench, _) = try await bench()
    await #expect(throws: VerifierError.wrongCodeLength(expected: [.six])) {
      _ = try await bench.verify(OneTimeCode(parsing: "1234567"))
    }
    #expect(try await bench.user().failures == 0)
  }

  @Test func `liboath's window vectors`() async throws {
    struct File: Decodable {
      struct Vector: Decodable { var now, window, offset, step: Int64, code: String }
      var keyHex: String, digits: Int, vectors: [Vector]
    }
    let file = Vectors.load("liboath/totp_window.json", as: File.self)
    for vector in file.vectors where vector.window <= 10 {
      let bench = try await Bench(store: InMemoryDeviceStore())
      let device = try await bench.created(
        seed: Array(hex: file.keyHex), parameters: TOTPParameters(digits: Digits(count: file.digits)), at: .epoch)
      try await bench.edit(device) { $0.status = .active }
      _ = try await bench.verifier.updateRules([.window: vector.window], at: Bench.now)
      let serial = try await bench.device(device).serial
      let verdict = try await bench.verify(OneTimeCode(parsing: vector.code), at: UnixTime(seconds: vector.now))
      #expect(verdict == .accepted(device: serial, step: vector.step))
    }
  }

  @Test func `nobody, and a user without a device`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let nobody = try UserName("nobody")
    await #expect(throws: VerifierError.noSuchUser(nobody)) { _ = try await bench.verify(step: step, of: "nobody") }
    _ = try await bench.created()
    #expect(try await bench.verify(step: step) == .rejected(.noDevice))
    #expect(try await bench.user().failures == 0)
  }

  @Test(.bug(id: "privacyidea/privacyidea#471"))
  func `every active device of the user is tried, and only the one that fits is used`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let seeds = [Array("11111111111111111111".utf8), Array("22222222222222222222".utf8)]
    let one = try await bench.enrolled(name: "one", seed: seeds[0])
    let two = try await bench.enrolled(name: "two", seed: seeds[1])
    let before = try await bench.device(one)
    #expect(
      try await bench.verify(Bench.code(step, seed: seeds[1]))
        == .accepted(device: bench.device(two).serial, step: step))
    #expect(try await bench.device(one) == before)
    // One failure of the user's, not one on each device.
    _ = try await bench.verify(Bench.wrongCode())
    #expect(try await bench.user().failures == 1)
  }

  @Test func `a seed moved to another device, or changed, is an error and no entry`() async throws {
    let (bench, device) = try await bench()
    let own = try await bench.device(device)
    let others = [try await bench.enrolled(for: "mallory"), try await bench.created(name: "second")]
    for other in others {
      let stolen = try await bench.device(other).seed
      try await bench.edit(device) { $0.seed = stolen }
      await #expect(throws: VerifierError.corruptRecord("the seed of \(own.serial)")) {
        _ = try await bench.verify(step: step)
      }
    }
    _ = try await bench.verifier.delete(others[1], at: now)
    try await bench.edit(device) { device in
      var bytes = own.seed.box.bytes
      bytes[14] ^= 1
      device.seed = SealedSecret(keyID: own.seed.keyID, box: SealedBytes(bytes))
    }
    await #expect(throws: VerifierError.self) { _ = try await bench.verify(step: step) }
    await #expect(throws: VerifierError.unknownKey("another")) {
      try await bench.edit(device) { $0.seed = SealedSecret(keyID: "another", box: own.seed.box) }
    }
    #expect(try await bench.user().failures == 0)
  }
}
extension Verdict {
  /// Itself if it is an acceptance, whatever its step; else something that it does not equal.
  fileprivate var asAccepted: Verdict? { isAccepted ? self : nil }
}
