import StoreContract
import OATH
import OpenSSLCrypto
import Testing
import Verifier

/// Rule 5: the counter, its locks and who lifts them.
@Suite struct ThrottleTests {
  private let now = Bench.now

  private func failing(_ count: Int, at time: UnixTime = Bench.now) async throws -> Bench {
    let bench = try await Bench(store: InMemoryDeviceStore())
    _ = try await bench.enrolled()
    for _ in 0..<count { _ = try await bench.verify(Bench.wrongCode(), at: time) }
    return bench
  }

  @Test func `four failures lock nothing, the fifth locks for a second`() async throws {
    #expect(try await failing(4).verify(step: Bench.step()).isAccepted)
    let bench = try await failing(5)
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.locked(retryAfter: 1)))
    #expect(try await bench.verify(step: Bench.step(), at: now.advanced(by: 1)).isAccepted)
    #expect(try await bench.user().failures == 0)
  }

  @Test(.bug(id: "uncapped back-off locks owners out"))
  func `locks double up to fifteen minutes, and the hundredth failure stays`() async throws {
    let bench = try await failing(4)
    var time = now
    for failure in 5...99 {
      #expect(try await bench.verify(Bench.wrongCode(), at: time) == .rejected(.wrongCode))
      let wait = failure < 15 ? Int64(1) << (failure - 5) : 900
      #expect(try await bench.verify(Bench.wrongCode(), at: time) == .rejected(.locked(retryAfter: wait)))
      time = time.advanced(by: wait)
    }
    #expect(try await bench.verify(Bench.wrongCode(), at: time) == .rejected(.wrongCode))
    let years = time.advanced(by: 400_000_000)
    #expect(try await bench.verify(step: Bench.step(at: years), at: years) == .rejected(.locked(retryAfter: nil)))
    let (user, devices) = try await bench.verifier.user(UserName("alice"))
    #expect(user.lock == .untilUnlocked && user.failures == 100 && devices[0].status == .disabled)

    _ = try await bench.verifier.unlock(.id(devices[0].id), at: years)
    #expect(try await bench.verify(step: Bench.step(at: years), at: years).isAccepted)
  }

  @Test func `a reuse counts as a failure`() async throws {
    let bench = try await failing(0)
    _ = try await bench.verify(step: Bench.step())
    for _ in 0..<5 { #expect(try await bench.verify(step: Bench.step()) == .rejected(.reused)) }
    #expect(try await bench.verify(step: Bench.step() + 1) == .rejected(.locked(retryAfter: 1)))
  }

  @Test func `what is refused as locked is not counted`() async throws {
    let bench = try await failing(5)
    for _ in 0..<50 { _ = try await bench.verify(Bench.wrongCode()) }
    #expect(try await bench.user().failures == 5)
  }

  @Test(.bug(id: "CVE-2025-6015"), .bug(id: "CVE-2025-55003"), .bug(id: "privacyidea/privacyidea#471"))
  func `the second device neither multiplies guesses nor escapes the lock`() async throws {
    let bench = try await failing(5)
    let seed = Array("another seed of twenty".utf8)
    let request = DeviceRequest(user: try UserName("alice"), issuer: "vmfa")
    let second = try await bench.verifier.createDevice(request, seed: SecretBytes(copying: seed.span), at: now)
    let pair = try Bench.pair(Bench.step(), seed: seed)
    #expect(try await bench.verifier.enable(.id(second.device.id), with: pair, at: now) == .locked(retryAfter: 1))
  }

  @Test func `a lock stands where it is not known when the last code failed`() throws {
    var user = User(name: try UserName("alice"), createdAt: now)
    user.lock = .until(now.advanced(by: 7))
    let lock = try #require(user.lockInForce(at: now, rules: .standard))
    #expect(lock.retryAfter == 7)
  }

  @Test func `a lock made in the future is void, and the next failure makes a new one`() async throws {
    let bench = try await failing(9)
    let user = try await bench.user(), rules = try await bench.store.rules()
    #expect(user.lockInForce(at: now.advanced(by: -60), rules: rules) != nil)
    #expect(user.lockInForce(at: now.advanced(by: -61), rules: rules) == nil)
    let earlier = now.advanced(by: -3600)
    #expect(
      try await bench.verify(Bench.wrongCode(near: Bench.step(at: earlier)), at: earlier) == .rejected(.wrongCode))
    #expect(try await bench.verify(Bench.wrongCode(), at: earlier) == .rejected(.locked(retryAfter: 2)))
  }

  @Test func `a lock stands though the rules that made it is milder now, and falls with the throttle`() async throws {
    let bench = try await failing(0)
    _ = try await bench.verifier.updateRules([.lockAfter: 1, .lockBase: 1800, .lockMaximum: 1800], at: Bench.now)
    _ = try await bench.verify(Bench.wrongCode())
    let milder = try await bench.verifier.updateRules([.lockAfter: 5, .lockBase: 1, .lockMaximum: 900], at: Bench.now)
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.locked(retryAfter: 1800)))
    #expect(try await bench.user().lockInForce(at: now, rules: milder) == .init(retryAfter: 1800))
    let off = try await bench.verifier.updateRules([.throttle: 0], at: Bench.now)
    #expect(try await bench.user().lockInForce(at: now, rules: off) == nil)
    #expect(try await bench.verify(step: Bench.step()).isAccepted)
  }

  @Test func `another user is not locked out`() async throws {
    let bench = try await failing(30)
    _ = try await bench.enrolled(for: "bob")
    #expect(try await bench.verify(step: Bench.step(), of: "bob").isAccepted)
  }

  @Test(.bug(id: "clock back one hour"))
  func `the clock set back an hour: the lock does not grow, spent stays spent, and it is said`() async throws {
    let warnings = Warnings()
    let bench = try await Bench(store: InMemoryDeviceStore()) { warnings.append($0) }
    _ = try await bench.enrolled(at: now.advanced(by: -7200))
    _ = try await bench.verify(step: Bench.step())
    for _ in 0..<5 { _ = try await bench.verify(Bench.wrongCode()) }
    let earlier = now.advanced(by: -3600)
    #expect(warnings.all.isEmpty)
    #expect(try await bench.verify(step: Bench.step(at: earlier), at: earlier) == .rejected(.reused))
    #expect(warnings.all == [.clockSetBack(seconds: 3600)])
  }

  @Test func `the preset for PCI DSS 8.3.4: ten failures, half an hour`() async throws {
    let bench = try await failing(0)
    let changes = VerificationRules.Setting.allCases.map { ($0, VerificationRules.pciDSS[$0]) }
    _ = try await bench.verifier.updateRules(Dictionary(uniqueKeysWithValues: changes), at: Bench.now)
    for _ in 0..<10 { #expect(try await bench.verify(Bench.wrongCode()) == .rejected(.wrongCode)) }
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.locked(retryAfter: 1800)))
    let after = now.advanced(by: 1800)
    #expect(try await bench.verify(step: Bench.step(at: after), at: after).isAccepted)
  }

  @Test func `an administrator unlocks a user`() async throws {
    let bench = try await failing(12)
    _ = try await bench.verifier.unlock(UserName("alice"), at: now)
    #expect(try await bench.verify(step: Bench.step()).isAccepted)
    let nobody = try UserName("nobody")
    await #expect(throws: VerifierError.noSuchUser(nobody)) { _ = try await bench.verifier.unlock(nobody, at: now) }
  }
}
