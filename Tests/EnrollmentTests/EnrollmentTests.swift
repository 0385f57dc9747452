import StoreContract
import Enrollment
import OATH
import OpenSSLCrypto
import QRCode
import TestSupport
import Testing
import Verifier

@Suite struct EnrollmentTests {
  private func begin(
    user: String = "alice", issuer: String = "vmfa", parameters: TOTPParameters = .standard, seedByteCount: Int = 20
  ) async throws -> (bench: Bench, enrollment: Enrollment, new: NewDevice) {
    let bench = try await Bench(store: InMemoryDeviceStore())
    let enrollment = Enrollment(verifier: bench.verifier)
    let request = DeviceRequest(user: try UserName(user), issuer: issuer, parameters: parameters)
    return (bench, enrollment, try await enrollment.begin(request, seedByteCount: seedByteCount, at: Bench.now))
  }

  @Test func `from seed to spent code`() async throws {
    let parameters = try TOTPParameters(algorithm: .sha256, digits: .eight, period: 60)
    let (bench, enrollment, new) = try await begin(parameters: parameters)
    let uri = try new.handout.uri.withBytes { try OTPAuthURI(parsing: $0) }
    #expect(uri.label == OTPAuthLabel(issuer: "vmfa", account: "alice"))
    #expect(uri.factor == .totp(parameters) && uri.secret.count == 20)
    let seed = uri.secret.bytes(), step = parameters.step(at: Bench.now)
    let pair = try Bench.pair(step, seed: seed, parameters: parameters)
    #expect(try await enrollment.complete(new.device, with: pair, at: Bench.now).isAccepted(step: step, drift: 0))
    let next = try Bench.code(step + 1, seed: seed, parameters: parameters)
    #expect(try await bench.verify(next) == .accepted(device: new.device.serial, step: step + 1))
  }

  @Test func `secret, URI and symbol say the same`() async throws {
    let (_, _, new) = try await begin()
    let secret = new.handout.secretText()
    #expect(new.handout.uriText() == "otpauth://totp/vmfa:alice?secret=\(secret)&issuer=vmfa")
    #expect(
      new.handout.secretInGroups()
        == stride(from: 0, to: 32, by: 4).map { secret.dropFirst($0).prefix(4) }.joined(separator: " "))
    #expect(new.handout.symbol.version == 4)
  }

  @Test func `every seed is its own`() async throws {
    var secrets: Set<String> = []
    for _ in 0..<50 { secrets.insert(try await begin().new.handout.secretText()) }
    #expect(secrets.count == 50)
  }

  @Test func `who gives up leaves no device, and who has finished keeps it`() async throws {
    let (bench, enrollment, new) = try await begin()
    try await enrollment.abandon(new, at: Bench.now)
    await #expect(throws: VerifierError.noSuchDevice(new.device.id.text)) {
      _ = try await bench.device(.id(new.device.id))
    }
    let second = try await begin()
    let seed = try Base32.decode(Array(second.new.handout.secretText().utf8).span, .strict).bytes()
    _ = try await second.enrollment.complete(
      second.new.device, with: Bench.pair(Bench.step(), seed: seed), at: Bench.now)
    await #expect(throws: VerifierError.stillEnabled(second.new.device.serial)) {
      try await second.enrollment.abandon(second.new, at: Bench.now)
    }
  }

  @Test(arguments: ["", " a", "a ", "a\nb", String(repeating: "a", count: 65)])
  func `issuers that are refused`(issuer: String) async throws {
    await #expect { _ = try await begin(issuer: issuer) } throws: { error in
      if case VerifierError.malformedName = error { true } else { false }
    }
  }

  @Test func `names that no QR code holds are refused, the longest that one holds are not`() async throws {
    let user = String(repeating: "😀", count: 128)
    #expect(try await begin(user: user, issuer: String(repeating: "😀", count: 54) + "ab").new.handout.uri.count == 2900)
    await #expect {
      _ = try await begin(user: user, issuer: String(repeating: "😀", count: 54) + "abc")
    } throws: { error in
      if case VerifierError.unusableURI = error { true } else { false }
    }
  }
}
