import CFloors
import OATH
import OpenSSLCrypto

/// Codes of one seed, by vmfa, by libcrypto from C, and by liboath.
enum Codes {
  /// 160 bits, as AWS and most others have it.
  static let seed: [UInt8] = Array("12345678901234567890".utf8)
  /// A step of 2026: where codes begin to be computed.
  static let firstStep: Int64 = 59_000_000
  /// Steps to either side that a resync looks through: a day.
  static let reach: Int64 = 2880

  static func secret() -> SecretBytes { SecretBytes(copying: seed.span) }

  static func code(ofStep step: Int64) throws -> String {
    var totp = try TOTP(secret: secret())
    guard let code = try totp.code(step: step) else { throw Failure() }
    return code.digits
  }

  /// The key set once, then code after code.
  static func steps(_ count: Int64) throws -> Int64 {
    let probe = try OneTimeCode(parsing: probeText)
    var totp = try TOTP(secret: secret()), found: Int64 = 0
    for step in firstStep..<firstStep + count where try totp.code(step: step) == probe { found += 1 }
    return found
  }

  /// The key given anew for each code.
  static func fresh(_ count: Int64) throws -> Int64 {
    let probe = try OneTimeCode(parsing: probeText), secret = secret()
    var found: Int64 = 0
    for step in firstStep..<firstStep + count {
      var totp = try TOTP(secret: secret)
      if try totp.code(step: step) == probe { found += 1 }
    }
    return found
  }

  /// A code of no step that a scan comes by, so that liboath, which stops where it finds one, does not.
  static let probe: UInt32 = 4
  private static let probeText = "000004"

  static func inC(
    _ function: (UnsafePointer<UInt8>?, Int64, Int64, UInt32) -> Int64, _ count: Int64
  ) throws -> Int64 {
    let found = function(seed, firstStep, count, probe)
    guard found >= 0 else { throw Failure() }
    return found
  }
}

/// Something that is not to fail did.
struct Failure: Error {}
