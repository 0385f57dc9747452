import StoreContract
import OATH
import OpenSSLCrypto
import Testing
import Verifier

/// Devices that come with a history: counters, watermarks, drift, scratch codes.
@Suite struct ImportedDeviceTests {
  private func foreign(_ change: (inout ForeignDevice) throws -> Void = { _ in }) throws -> ForeignDevice {
    let seed = Bench.seed
    var device = ForeignDevice(
      user: try UserName("alice"), issuer: "old", parameters: .standard,
      seed: SharedSecret(SecretBytes(copying: seed.span)))
    try change(&device)
    return device
  }

  private func bench(_ device: ForeignDevice, allowingShortSeeds: Bool = false) async throws -> Bench {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let verdict = try await bench.verifier.importDevice(device, allowingShortSeeds: allowingShortSeeds, at: Bench.now)
    guard case .added = verdict else { throw VerifierError.corruptRecord("the test's device") }
    return bench
  }

  @Test func `what was spent there is spent here, and drift is kept`() async throws {
    let bench = try await bench(
      foreign {
        $0.lastStep = Bench.step() + 4
        $0.drift = 5
      })
    #expect(try await bench.verify(step: Bench.step() + 4) == .rejected(.reused))
    #expect(try await bench.verify(step: Bench.step() + 6).isAccepted)
  }

  @Test func `a device that was not enabled waits for two codes`() async throws {
    let bench = try await bench(foreign { $0.isEnabled = false })
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.noDevice))
    let serial = try await bench.verifier.user(UserName("alice")).devices[0].serial
    #expect(
      try await bench.verifier.enable(.serial(serial), with: Bench.pair(Bench.step()), at: Bench.now)
        .isAccepted(step: Bench.step(), drift: 0))
  }

  @Test func `imported twice it is one, and another seed is another`() async throws {
    let bench = try await bench(foreign())
    guard case .duplicate = try await bench.verifier.importDevice(foreign(), at: Bench.now) else {
      Issue.record("added twice")
      return
    }
    let other = Array(Bench.seed.reversed())
    _ = try await bench.verifier.importDevice(
      foreign { $0.seed = SharedSecret(SecretBytes(copying: other.span)) }, at: Bench.now)
    let devices = try await bench.verifier.user(UserName("alice")).devices
    #expect(devices.map(\.serial.name) == ["alice", "alice-2"])
  }

  /// The short codes of a seed are the ends of its long ones.
  @Test func `a seed under another number of digits is a duplicate, and under another period or hash it is not`()
    async throws
  {
    let bench = try await bench(foreign())
    let parameters = { (algorithm: HashAlgorithm, digits: Digits, period: Int64) in
      try TOTPParameters(algorithm: algorithm, digits: digits, period: period)
    }
    for (other, isDuplicate) in [
      (try parameters(.sha1, .eight, 30), true), (try parameters(.sha1, .seven, 30), true),
      (try parameters(.sha1, .six, 60), false), (try parameters(.sha256, .six, 30), false),
    ] {
      let device = try foreign { $0.parameters = other }
      let forecast = try await ImportRehearsal(for: bench.verifier).importDevice(device, at: Bench.now)
      #expect((forecast == .duplicate) == isDuplicate)
      let verdict = try await bench.verifier.importDevice(device, at: Bench.now)
      if case .duplicate = verdict { #expect(isDuplicate) } else { #expect(!isDuplicate) }
    }
  }

  @Test func `imported again after use elsewhere, what was spent there is spent here, and never less`() async throws {
    let bench = try await bench(foreign { $0.lastStep = Bench.step() - 5 })
    _ = try await bench.verifier.importDevice(foreign { $0.lastStep = Bench.step() }, at: Bench.now)
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.reused))
    _ = try await bench.verifier.importDevice(foreign { $0.lastStep = Bench.step() - 9 }, at: Bench.now)
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.reused))
    #expect(try await bench.verify(step: Bench.step() + 1).isAccepted)
  }

  @Test(arguments: [Device.MovingFactor.time, .counter])
  func `the seed of a device under another moving factor is a duplicate`(factor: Device.MovingFactor) async throws {
    let bench = try await bench(foreign { $0.movingFactor = factor })
    let other = try foreign {
      $0.movingFactor = factor == .time ? .counter : .time
      $0.parameters = try TOTPParameters(digits: .eight)
      $0.lastStep = 7
    }
    guard case .duplicate(let device) = try await bench.verifier.importDevice(other, at: Bench.now) else {
      Issue.record("added twice")
      return
    }
    // Steps of time and of a counter are not compared.
    #expect(device.movingFactor == factor && device.lastStep == nil)
    #expect(try await bench.verifier.user(UserName("alice")).devices.count == 1)
  }

  @Test func `short seeds are taken only when that is asked for`() async throws {
    let short: [UInt8] = Array(Bench.seed.prefix(10))
    let device = try foreign { $0.seed = SharedSecret(SecretBytes(copying: short.span)) }
    await #expect(throws: VerifierError.seedLength(byteCount: 10)) { _ = try await self.bench(device) }
    let bench = try await bench(device, allowingShortSeeds: true)
    #expect(try await bench.verify(Bench.code(Bench.step(), seed: short)).isAccepted)
  }

  @Test func `scratch codes are good once, as eight digits`() async throws {
    let codes = Array("1234567887654321".utf8)
    let bench = try await bench(foreign { $0.scratchCodes = SharedSecret(SecretBytes(copying: codes.span)) })
    let first = try OneTimeCode(parsing: "12345678")
    #expect(try await bench.verify(first) == .accepted(.recoveryCode(remaining: 1)))
    #expect(try await bench.verify(first) == .rejected(.reused))
    #expect(try await bench.verify(OneTimeCode(parsing: "11111111")) == .rejected(.wrongCode))
    #expect(try await bench.user().failures == 2)
    #expect(try await bench.verify(OneTimeCode(parsing: "87654321")).isAccepted)
    // None is left, and a spent one is still told, and counted.
    #expect(try await bench.verify(first) == .rejected(.reused))
    #expect(try await bench.user().failures == 1)
  }

  /// RFC 4226 §7: a counter goes ahead of the verifier's, within the look-ahead.
  @Test func `a counter is followed ahead, never back, and not beyond the look-ahead`() async throws {
    let bench = try await bench(
      foreign {
        $0.movingFactor = .counter
        $0.lastStep = 4
      })
    #expect(try await bench.verify(step: 4) == .rejected(.reused))
    #expect(try await bench.verify(step: 5).isAccepted)
    #expect(try await bench.verify(step: 5) == .rejected(.reused))
    #expect(try await bench.verify(step: 17) == .rejected(.wrongCode))
    #expect(try await bench.verify(step: 16).isAccepted)
    #expect(try await bench.verify(step: 15) == .rejected(.reused))
    let device = try await bench.verifier.user(UserName("alice")).devices[0]
    #expect(device.lastStep == 16 && device.drift == 0)
    // A counter that ran far ahead is found by two codes.
    let serial = DeviceReference.serial(device.serial)
    #expect(
      try await bench.verifier.resync(serial, with: Bench.pair(1500), within: .administrative, at: Bench.now)
        .isAccepted(step: 1500, drift: 0))
    #expect(
      try await bench.verifier.resync(serial, with: Bench.pair(1500), within: .administrative, at: Bench.now)
        == .refused)
    #expect(try await bench.verify(step: 1501).isAccepted)
  }

  @Test(arguments: [Int64.min, -1, 1 << 54, Int64.max] as [Int64]) func `a counter that none has is refused`(
    counter: Int64
  )
    async throws
  {
    for factor in Device.MovingFactor.allCases {
      let device = try foreign {
        $0.movingFactor = factor
        $0.lastStep = counter
      }
      await #expect(throws: VerifierError.unusableHistory("its last step or counter is out of range")) {
        _ = try await self.bench(device)
      }
    }
  }

  @Test func `no counter goes beyond the last one that can be kept`() async throws {
    let last = Device.steps.upperBound
    let bench = try await bench(
      foreign {
        $0.movingFactor = .counter
        $0.lastStep = last - 1
      })
    #expect(try await bench.verify(step: last).isAccepted)
    #expect(try await bench.verify(step: last + 1) == .rejected(.wrongCode))
    let serial = DeviceReference.serial(try await bench.verifier.user(UserName("alice")).devices[0].serial)
    #expect(
      try await bench.verifier.resync(serial, with: Bench.pair(last + 100), within: .administrative, at: Bench.now)
        == .refused)
  }

  @Test func `a counter that was never used begins at nought`() async throws {
    let bench = try await bench(foreign { $0.movingFactor = .counter })
    #expect(try await bench.verify(step: 0).isAccepted)
    #expect(try await bench.verify(step: 0) == .rejected(.reused))
  }
}
