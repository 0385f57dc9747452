import OATH
import OpenSSLCrypto
import TestSupport
import Testing

/// Codes of every moving factor, some steps or counts away.
@Suite struct FactorTests {
  private static let key = "12345678901234567890"

  private func code(_ factor: OTPAuthURI.Factor, at seconds: Int64, offset: Int64 = 0) throws -> String {
    try factor.code(of: SecretBytes(text: Self.key), at: UnixTime(seconds: seconds), offset: offset)
  }

  @Test func `time, before and after`() throws {
    let totp = OTPAuthURI.Factor.totp(.standard)
    #expect(try [-1, 0, 1].map { try code(totp, at: 59, offset: $0) } == ["755224", "287082", "359152"])
    #expect(throws: OATHError.self) { _ = try code(totp, at: 0, offset: -1) }
    #expect(totp.secondsRemaining(at: .epoch) == 30)
  }

  @Test func `a counter, up to its end and not past it`() throws {
    func hotp(_ counter: UInt64) -> OTPAuthURI.Factor { .hotp(algorithm: .sha1, digits: .six, counter: counter) }
    #expect(try code(hotp(1), at: 59) == "287082" && code(hotp(0), at: 59, offset: 1) == "287082")
    #expect(try code(hotp(.max), at: 0).count == 6 && code(hotp(.max - 1), at: 0, offset: 1).count == 6)
    for (counter, offset) in [(UInt64.max, Int64(1)), (.max - 1, 2), (5, -1)] {
      #expect(throws: OATHError.self) { _ = try code(hotp(counter), at: 0, offset: offset) }
    }
    #expect(hotp(0).secondsRemaining(at: .epoch) == nil && hotp(0).period == nil)
  }

  @Test func `Steam, before and after`() throws {
    let steam = OTPAuthURI.Factor.steam
    #expect(
      try code(steam, at: 59) == "PV9M4" && code(steam, at: 29, offset: 1) == "PV9M4"
        && code(steam, at: 60, offset: -1) == "PV9M4")
    #expect(throws: OATHError.self) { _ = try code(steam, at: 29, offset: -1) }
    #expect(try [0, 29, 30, 59].map { steam.secondsRemaining(at: try UnixTime(seconds: $0)) } == [30, 1, 30, 1])
    #expect(steam.algorithm == .sha1 && steam.digits == nil && steam.period == 30)
  }

  @Test func `a secret of a URI has 1 to 1,024 bytes, and a URI has no t0`() throws {
    func uri(_ count: Int, t0: Int64 = 0) throws -> OTPAuthURI {
      let parameters = try TOTPParameters(t0: UnixTime(seconds: t0))
      return try OTPAuthURI(
        secret: SecretBytes(count: count) { _ in }, label: OTPAuthLabel(issuer: nil, account: "a"),
        factor: .totp(parameters))
    }
    for count in [1, 1024] { #expect(try uri(count).secret.count == count) }
    for count in [0, 1025] { #expect(throws: OATHError.self) { _ = try uri(count) } }
    #expect(throws: OATHError.self) { _ = try uri(20, t0: 1) }
  }

  @Test func `the longest URI is read, and no longer one`() throws {
    let head = "otpauth://totp/a?secret=GEZDGNBV&x="
    for (count, isRead) in [(OTPAuthURI.maximumReadByteCount, true), (OTPAuthURI.maximumReadByteCount + 1, false)] {
      let text = Array((head + String(repeating: "y", count: count - head.utf8.count)).utf8)
      let uri = try? OTPAuthURI(parsing: text.span)
      #expect((uri != nil) == isRead)
    }
  }

  @Test func `a label's titles, and the spaces around its parts`() {
    #expect(
      OTPAuthLabel(issuer: " a ", account: "  b ").title == "a:b"
        && OTPAuthLabel(issuer: " ", account: "b").title == "b")
    #expect(OTPAuthLabel(issuer: "a", account: " ").title == "a" && OTPAuthLabel(issuer: nil, account: "").title == "")
  }
}
