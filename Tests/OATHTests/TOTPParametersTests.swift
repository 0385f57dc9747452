import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct TOTPParametersTests {
  @Test(arguments: [0, -1, 3601, Int64.max, Int64.min])
  func `periods outside 1 to 3600 are refused`(period: Int64) {
    #expect(throws: OATHError.self) { _ = try TOTPParameters(period: period) }
  }

  @Test(arguments: [-1, 0, 5, 9, 10]) func `digits outside 6 to 8 are refused`(count: Int) {
    #expect(throws: OATHError.self) { _ = try Digits(count: count) }
  }

  @Test(arguments: ["MD5", "", "SHA", "SHA224", "SHA3-256"]) func `unknown algorithms are refused`(name: String) {
    #expect(throws: OATHError.self) { _ = try HashAlgorithm(named: name) }
  }

  @Test func `steps are floors, before t0 too`() throws {
    let parameters = try TOTPParameters(period: 30, t0: UnixTime(seconds: 100))
    let steps = try [0, 69, 70, 99, 100, 129, 130].map { parameters.step(at: try UnixTime(seconds: $0)) }
    #expect(steps == [-4, -2, -1, -1, 0, 0, 1])
    var totp = try TOTP(secret: SecretBytes(text: "12345678901234567890"), parameters: parameters)
    #expect(try totp.code(at: UnixTime(seconds: 99)) == nil)
    #expect(try totp.code(at: UnixTime(seconds: 100))?.digits == "755224")
  }

  @Test func `the time left runs from a whole period down to one second`() throws {
    for period in [Int64(1), 30, 60, 3600] {
      let parameters = try TOTPParameters(period: period)
      for second in 0..<(2 * period) {
        #expect(parameters.secondsRemaining(at: try UnixTime(seconds: second)) == period - second % period)
      }
    }
  }

  @Test(arguments: [-1, 253_402_300_800, Int64.min, Int64.max]) func `times outside 1970 to 9999`(seconds: Int64) {
    #expect(throws: OATHError.self) { _ = try UnixTime(seconds: seconds) }
  }

  @Test func `time saturates at its ends`() {
    #expect(UnixTime.epoch.advanced(by: -5) == .epoch)
    #expect(UnixTime.latest.advanced(by: Int64.max) == .latest)
    #expect(UnixTime.epoch.advanced(by: 30).seconds == 30)
  }
}
