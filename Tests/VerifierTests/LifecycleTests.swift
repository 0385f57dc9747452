import StoreContract
import OATH
import OpenSSLCrypto
import Testing
import Verifier

@Suite struct LifecycleTests {
  @Test func `sealed secrets are equal by what they hold`() {
    let one = SealedSecret(keyID: "k", box: SealedBytes([1, 2])),
      same = SealedSecret(keyID: "k", box: SealedBytes([1, 2]))
    #expect(one == one && one == same)
    #expect(one != SealedSecret(keyID: "l", box: one.box) && one != SealedSecret(keyID: "k", box: SealedBytes([1, 3])))
  }

  @Test func `a user has as many enabled devices as the limits say, and no more`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let limits = EnrolmentLimits.administrative(deviceLimit: 2)
    for number in 0..<3 {
      let seed = Array("a seed of 20 bytes \(number)".utf8)
      let device = try await bench.created(name: "d\(number)", seed: seed)
      let pair = try Bench.pair(Bench.step(), seed: seed)
      guard number < 2 else {
        await #expect(throws: VerifierError.tooManyDevices(limit: 2)) {
          try await bench.verifier.enable(device, within: limits, with: pair, at: Bench.now)
        }
        continue
      }
      let verdict = try await bench.verifier.enable(device, within: limits, with: pair, at: Bench.now)
      #expect(verdict.isAccepted(step: Bench.step(), drift: 0))
    }
  }

  private let now = Bench.now
  private let step = Bench.step()

  @Test(.bug(id: "CVE-2024-8796"), arguments: [0, 1, 15, 65]) func `seeds outside 128 to 512 bits are refused`(
    count: Int
  ) async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    await #expect(throws: VerifierError.seedLength(byteCount: count)) {
      _ = try await bench.created(seed: Array(repeating: 1, count: count))
    }
    #expect(try await bench.store.users(after: nil, limit: 1).items.isEmpty)
  }

  @Test func `a device name is taken from the user where it can be, else made up`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    #expect(try await bench.device(bench.created(for: "a.b@c-d")).serial.text.hasSuffix(":mfa/a.b@c-d"))
    let made = try await bench.device(bench.created(for: "Zoë")).serial.text
    #expect(made.contains(":mfa/mfa-") && made.hasPrefix("arn:aws:iam::"))
  }

  @Test func `an enabled device is not enabled again, nor deleted by accident`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.enrolled()
    let serial = try await bench.device(device).serial
    await #expect(throws: VerifierError.alreadyEnabled(serial)) {
      _ = try await bench.verifier.enable(device, with: Bench.pair(step), at: now)
    }
    await #expect(throws: VerifierError.stillEnabled(serial)) { _ = try await bench.verifier.delete(device, at: now) }
    _ = try await bench.verifier.delete(device, evenIfEnabled: true, at: now)
    #expect(try await bench.verify(step: step) == .rejected(.noDevice))
  }

  @Test func `a device that is deactivated opens nothing, and comes back with its spent codes spent`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let device = try await bench.enrolled()
    _ = try await bench.verify(step: step)
    _ = try await bench.verifier.deactivate(device, at: now)
    #expect(try await bench.verify(step: step + 1) == .rejected(.noDevice))
    let serial = try await bench.device(device).serial
    await #expect(throws: VerifierError.notEnabled(serial)) { _ = try await bench.verifier.deactivate(device, at: now) }
    await #expect(throws: VerifierError.notEnabled(serial)) {
      _ = try await bench.verifier.resync(device, with: Bench.pair(step), within: .selfService, at: now)
    }
    #expect(try await bench.verifier.enable(device, with: Bench.pair(step + 1), at: now) == .refused)
    let later = now.advanced(by: 60)
    #expect(
      try await bench.verifier.enable(device, with: Bench.pair(step + 2), at: later).isAccepted(
        step: step + 2, drift: 0))
  }

  @Test func `what names no device is an error for every verb`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let (nothing, pair) = (DeviceReference("nothing"), try Bench.pair(step))
    let verbs: [@Sendable () async throws -> Void] = [
      { _ = try await bench.verifier.device(nothing) },
      { _ = try await bench.verifier.enable(nothing, with: pair, at: Bench.now) },
      { _ = try await bench.verifier.resync(nothing, with: pair, within: .selfService, at: Bench.now) },
      { _ = try await bench.verifier.deactivate(nothing, at: Bench.now) },
      { _ = try await bench.verifier.delete(nothing, at: Bench.now) },
      { _ = try await bench.verifier.unlock(nothing, at: Bench.now) },
    ]
    for verb in verbs {
      await #expect(throws: VerifierError.noSuchDevice("nothing")) { try await verb() }
    }
  }

  @Test func `another master key opens nothing`() async throws {
    let store = try InMemoryDeviceStore()
    _ = try await Bench(store: store)
    await #expect {
      let master = SharedMasterKey(try MasterKey.random())
      _ = try await KeyRing(opening: store, with: master)
    } throws: { error in
      if case VerifierError.masterKey = error { true } else { false }
    }
  }
}
