import StoreContract
import OATH
import OpenSSLCrypto
import Testing
import Verifier

@Suite struct RecoveryTests {
  private func bench() async throws -> (Bench, codes: [String]) {
    let bench = try await Bench(store: InMemoryDeviceStore())
    _ = try await bench.enrolled()
    return (bench, try await bench.verifier.createRecoveryCodes(for: UserName("alice"), at: Bench.now))
  }

  @Test func `ten codes of four groups, in either case and with or without dashes`() async throws {
    let (bench, codes) = try await bench()
    #expect(codes.count == 10 && codes.allSatisfy { $0.wholeMatch(of: /([A-Z2-7]{4}-){3}[A-Z2-7]{4}/) != nil })
    #expect(try await bench.recover(codes[0]).isAccepted)
    #expect(try await bench.recover(codes[1].lowercased()).isAccepted)
    #expect(try await bench.recover(" \(codes[2].replacing("-", with: "")) \n").isAccepted)
    #expect(try await bench.recover(codes[2]) == .rejected(.reused))
    #expect(try await bench.user().recovery?.remaining == 7)
  }

  @Test(arguments: [
    "", "ABCD", "ABCD-EFGH-IJKL-MNO1", "ABCD-EFGH-IJKL-MNOPQ", "１２３４５６７８", "1234567", "ABCD_EFGH_IJKL_MNOP",
  ])
  func `what is no recovery code is an error and not counted`(text: String) async throws {
    let (bench, _) = try await bench()
    await #expect(throws: OATHError.self) { try await bench.recover(text) }
    #expect(try await bench.user().failures == 0)
  }

  @Test func `wrong ones count for the user's throttle, and are not compared while locked`() async throws {
    let (bench, codes) = try await bench()
    for _ in 0..<5 { #expect(try await bench.recover("AAAA-BBBB-CCCC-DDDD") == .rejected(.wrongCode)) }
    #expect(try await bench.recover(codes[0]) == .rejected(.locked(retryAfter: 1)))
    #expect(try await bench.verify(step: Bench.step()) == .rejected(.locked(retryAfter: 1)))
    let later = Bench.now.advanced(by: 2)
    #expect(try await bench.recover(codes[0], at: later).isAccepted)
    #expect(try await bench.user().failures == 0)
  }

  @Test func `regenerating voids the old ones`() async throws {
    let (bench, codes) = try await bench()
    let new = try await bench.verifier.createRecoveryCodes(for: UserName("alice"), at: Bench.now)
    #expect(try await bench.recover(codes[0]) == .rejected(.wrongCode))
    #expect(try await bench.recover(new[0]).isAccepted)
  }

  @Test(.bug(id: "CVE-2022-45168"))
  func `nobody without MFA has them`() async throws {
    let bench = try await Bench(store: InMemoryDeviceStore()), alice = try UserName("alice")
    await #expect(throws: VerifierError.noSuchUser(alice)) {
      try await bench.verifier.createRecoveryCodes(for: alice, at: Bench.now)
    }
    _ = try await bench.created()
    await #expect(throws: VerifierError.noActiveDevice(alice)) {
      try await bench.verifier.createRecoveryCodes(for: alice, at: Bench.now)
    }
    // Nothing to guess at, and so no failure.
    #expect(try await bench.recover("AAAA-BBBB-CCCC-DDDD") == .rejected(.noDevice))
    #expect(try await bench.user().failures == 0)
  }

  @Test(.bug(id: "CVE-2025-64175"))
  func `a digest moved to another user's row opens nothing`() async throws {
    let (bench, codes) = try await bench()
    _ = try await bench.enrolled(for: "mallory")
    let stolen = try await bench.user().recovery
    try await bench.store.transaction(.user(UserName("mallory"))) { state throws(VerifierError) in
      state.user?.recovery = stolen
    }
    #expect(try await bench.recover(codes[0], of: "mallory") == .rejected(.wrongCode))
  }
}
