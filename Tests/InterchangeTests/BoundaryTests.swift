import Foundation
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

/// Bounds of what is read, and the errors on either side of them.
@Suite struct BoundaryTests {
  private func read(
    _ text: String, as format: ImportFormat? = nil, passphrase: String? = "vmfa-test"
  ) throws -> ImportReport {
    try Interchange.read(
      SecretBytes(text: text), as: format, name: "f",
      passphrase: ImportPassphrase { passphrase.map { SecretBytes(text: $0) } })
  }

  private func reason(_ text: String, as format: ImportFormat? = nil, passphrase: String? = "vmfa-test") -> String {
    do {
      let report = try read(text, as: format, passphrase: passphrase)
      return report.refused.map(\.reason).joined(separator: "; ")
    } catch { return "\(error)" }
  }

  private func vector(_ path: String) throws -> String {
    String(
      decoding: try Data(contentsOf: Vectors.root.appending(path: "TestVectors").appending(path: path)), as: UTF8.self)
  }

  // RFC 6030.

  @Test(arguments: [
    (16, false), (32, false), (64, false), (0, true), (15, true), (17, true), (31, true), (33, true), (40, true),
    (63, true), (65, true),
  ])
  func `a pre-shared key is 16 bytes, or 32 or 64 hexadecimal digits`(count: Int, isRefused: Bool) throws {
    let key = String(String(repeating: "0123456789abcdef", count: 5).prefix(count))
    let reason = reason(try vector("rfc6030/figure6.xml"), passphrase: key)
    #expect(reason.contains("wants its pre-shared key") == isRefused, "\(reason)")
    #expect(
      self.reason(try vector("rfc6030/figure6.xml"), passphrase: String(repeating: "x", count: 32)).contains(
        "wants its"))
  }

  @Test(arguments: [
    ("1000", "0"), ("1000", "10000001"), ("1000", "x"), ("<KeyLength>16", "<KeyLength>24"),
    ("<KeyLength>16", "<KeyLength>15"),
    ("pbkdf2\"", "scrypt\""),
  ]) func `how a container's key is derived`(word: String, other: String) throws {
    let text = try vector("rfc6030/figure7.xml")
    #expect(text.contains(word))
    let reason = reason(text.replacing(word, with: other), passphrase: "qwerty")
    #expect(reason.contains("not known here") || reason.contains("key length is not 16 or 32"), "\(reason)")
  }

  private func container(_ data: String, parameters: String = "", algorithm: String = "hotp", rest: String = "")
    -> String
  {
    """
    <KeyContainer><KeyPackage><DeviceInfo><SerialNo>7</SerialNo></DeviceInfo><Key Id="k" Algorithm="urn:\(algorithm)">\(rest)
    <AlgorithmParameters>\(parameters)</AlgorithmParameters><Data>\(data)</Data></Key></KeyPackage></KeyContainer>
    """
  }

  private static let plain = "<Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>"

  @Test(arguments: [
    ("<Counter><PlainValue>x</PlainValue></Counter>", "", "its Counter is no number"),
    ("<Counter><PlainValue> </PlainValue></Counter>", "", "its Counter is empty"),
    ("<Counter><EncryptedValue/></Counter>", "", "its Counter is encrypted"),
    ("<Counter><PlainValue>9223372036854775808</PlainValue></Counter>", "", "a counter is at most"),
    ("", "<ResponseFormat Length=\"9\" Encoding=\"DECIMAL\"/>", "digits must be 6, 7 or 8"),
    ("", "<ResponseFormat Length=\"6\" Encoding=\"HEX\"/>", "not decimal"),
    ("", "<ResponseFormat Length=\"6\" CheckDigits=\"1\"/>", "check digit"),
    ("", "<ResponseFormat Length=\"6\" CheckDigit=\"true\"/>", "check digit"),
    ("", "<ResponseFormat Length=\"6\" CheckDigits=\"false\"/>", ""), ("", "<Suite>HMAC-SHA3</Suite>", "algorithm"),
    ("", "<Suite>HMAC-SHA256</Suite>", ""), ("", "", ""),
  ]) func `what a key says`(data: String, parameters: String, reason: String) {
    let found = self.reason(container(Self.plain + data, parameters: parameters))
    #expect(reason.isEmpty ? found.isEmpty : found.contains(reason), "\(found)")
  }

  @Test func `a key's drift, time, user and secret`() throws {
    let drift =
      "<TimeInterval><PlainValue>60</PlainValue></TimeInterval><TimeDrift><PlainValue>-3</PlainValue></TimeDrift>"
    let report = try read(container(Self.plain + drift, algorithm: "totp"))
    #expect(
      try report.accounts[0].factor == .totp(TOTPParameters(period: 60)) && report.accounts[0].history.drift == -3)
    #expect(report.accounts[0].history.isOfNobody && report.accounts[0].label.account == "7")
    let named = try read(container(Self.plain, rest: "<UserId>al</UserId>"))
    #expect(!named.accounts[0].history.isOfNobody && named.accounts[0].label.account == "al")
    #expect(
      reason(container(Self.plain + "<TimeDrift><PlainValue>x</PlainValue></TimeDrift>", algorithm: "totp")).contains(
        "no number"))
    #expect(
      reason(container(Self.plain + "<TimeDrift><EncryptedValue/></TimeDrift>", algorithm: "totp")).contains(
        "encrypted"))
    // A counter has no drift.
    #expect(try read(container(Self.plain + "<TimeDrift><PlainValue>x</PlainValue></TimeDrift>")).accounts.count == 1)
    #expect(reason(container("")).contains("no secret"))
    #expect(reason(container("<Secret><EncryptedValue/></Secret>")).contains("names no key"))
    #expect(try read(container(Self.plain, algorithm: "pin")).skipped.count == 1)
  }

  // Google Authenticator's export.

  private func migration(_ message: [UInt8]) -> String {
    "otpauth-migration://offline?data=" + Data(message).base64EncodedString().replacing("+", with: "%2B")
  }

  /// An entry with so many bytes of secret and further fields.
  private func entry(_ fields: [UInt8], secretCount: Int = 10) -> [UInt8] {
    let entry = [0x0A, UInt8(secretCount)] + [UInt8](repeating: 7, count: secretCount) + fields
    return [0x0A, UInt8(entry.count)] + entry
  }

  @Test(
    arguments: [
      ([0x20, 4], "SHA1, SHA256 or SHA512"), ([0x28, 3], "neither 6 nor 8"), ([0x30, 3], "neither TOTP nor HOTP"),
      ([0x12, 1, 0xFF], "not UTF-8"), ([0x1A, 1, 0xFF], "not UTF-8"), ([0x12, 5, 0x61], "cut off"),
      ([0x25, 1, 2, 3], "cut off"),
      ([0x21, 1, 2, 3, 4, 5, 6, 7], "cut off"), ([0x20], "cut off"), ([0x23, 1], "broken"),
      ([0x20] + [UInt8](repeating: 0x80, count: 10) + [0], "broken"),
      ([0x38] + [UInt8](repeating: 0xFF, count: 9) + [1, 0x30, 1], "a counter is at most"),
    ] as [([UInt8], String)])
  func `an entry of a batch that is broken`(fields: [UInt8], reason: String) {
    let found = self.reason(migration(entry(fields)))
    #expect(found.contains(reason), "\(found)")
  }

  @Test func `numbers of any length, unknown fields, and the defaults`() throws {
    let good: [[UInt8]] = [
      [], [0x25, 1, 2, 3, 4], [0x21, 1, 2, 3, 4, 5, 6, 7, 8], [0x20, 0x81, 0x80, 0x00], [0x20, 0], [0x28, 1],
      [0x30, 0],
      [0x20] + [UInt8](repeating: 0x80, count: 9) + [0], [0x42, 0], [0x78, 5],
    ]
    for fields in good {
      let report = try read(migration(entry(fields)))
      #expect(report.accounts.map(\.factor) == [.totp(.standard)], "\(fields)")
    }
    let factors: [([UInt8], OTPAuthURI.Factor)] = [
      ([0x20, 2, 0x28, 2, 0x30, 2], .totp(try TOTPParameters(algorithm: .sha256, digits: .eight))),
      ([0x20, 3, 0x30, 1, 0x38, 9], .hotp(algorithm: .sha512, digits: .six, counter: 9)),
      (
        [0x38] + [UInt8](repeating: 0xFF, count: 8) + [0x7F, 0x30, 1],
        .hotp(algorithm: .sha1, digits: .six, counter: UInt64(Int64.max))
      ),
    ]
    for (fields, factor) in factors { #expect(try read(migration(entry(fields))).accounts.map(\.factor) == [factor]) }
    #expect(reason(migration([0x0A, 3, 0x12, 1, 0x61])).contains("no secret"))
    #expect(reason(migration(entry([], secretCount: 0))).contains("1 to 1024 bytes"))
    #expect(reason("otpauth-migration://offline?x=1").contains("no data"))
    #expect(reason("otpauth-migration://offline?data=!").contains("base64"))
  }

  @Test func `batches that are missing, and no more than can be told`() throws {
    func batch(_ size: [UInt8], _ index: UInt8, _ id: [UInt8]) -> String {
      migration([0x18] + size + [0x20, index, 0x28] + id)
    }
    let report = try read([batch([3], 0, [1]), batch([3], 2, [1]), batch([1], 0, [2])].joined(separator: "\n"))
    #expect(report.missingBatches.map(\.entry) == ["batch 2 of 3 (export 1)"])
    #expect(try read(batch([0xFF, 0xFF, 0x7F], 0, [1])).missingBatches.count == 999)
    #expect(try read(batch([0], 0, [1])).missingBatches.isEmpty)
    #expect(try read(batch([0], 1, [1])).missingBatches.map(\.entry) == ["batch 1 of 0 (export 1)"])
    let many = (0..<120).map { batch([2], 0, [$0]) }.joined(separator: "\n")
    #expect(try read(many).missingBatches.count == 100)
  }

  // Sealed backups.

  @Test(arguments: [("0", true), ("1", false), ("10000001", true)])
  func `iterations are bounded`(number: String, isRefused: Bool) throws {
    let text = try vector("import/bitwarden_protected.json")
    let changed = text.replacing(/"kdfIterations": ?[0-9]+/, with: "\"kdfIterations\":\(number)")
    #expect(changed != text && reason(changed).contains("out of range") == isRefused)
  }

  @Test func `parts that are missing or damaged`() throws {
    let bitwarden = try vector("import/bitwarden_protected.json")
    for name in ["salt", "kdfIterations", "encKeyValidation_DO_NOT_EDIT", "data"] {
      #expect(reason(bitwarden.replacing("\"\(name)\"", with: "\"x\"")).contains("lacks what it needs"))
    }
    #expect(reason(bitwarden.replacing("\"2.", with: "\"3.")).contains("unknown kind"))
    #expect(reason(bitwarden, passphrase: nil).contains("needs its passphrase"))
    #expect(reason(bitwarden, passphrase: "x").contains("does not open"))
    #expect(
      reason(
        bitwarden.replacing("\"kdfType\": 0", with: "\"kdfType\": 1").replacing("\"kdfType\":0", with: "\"kdfType\":1")
      ).contains("Argon2id"))
    let twoFAS = try vector("import/2fas_v4_encrypted.2fas")
    #expect(reason(twoFAS, passphrase: "x").contains("does not open"))
    #expect(
      reason(twoFAS.replacing(/"servicesEncrypted": ?"[^"]*"/, with: "\"servicesEncrypted\":\"AAAA:AAAA:AAAA\""))
        .contains("cut off"))
    #expect(
      reason(twoFAS.replacing(/"servicesEncrypted": ?"[^"]*"/, with: "\"servicesEncrypted\":\"AAAA\"")).contains(
        "cut off"))
    #expect(
      reason(twoFAS.replacing(/"servicesEncrypted": ?"[^"]*"/, with: "\"servicesEncrypted\":5")).contains("no text"))
    #expect(reason(#"{"services":[],"schemaVersion":4,"servicesEncrypted":null}"#).isEmpty)
    #expect(reason(#"{"services":5}"#, as: .twoFAS).contains("no services"))
  }

  @Test func `andOTP's encryption is known by its iterations`() throws {
    let file = try ImportTests.file("andotp_encrypted.json.aes").bytes()
    func isKnown(_ bytes: [UInt8]) -> Bool {
      do {
        _ = try Interchange.read(
          SecretBytes(copying: bytes.span), as: nil, name: "", passphrase: ImportPassphrase { nil })
        return true
      } catch { return (error as? ImportError) == .needsPassphrase }
    }
    func iterations(_ number: Int) -> [UInt8] {
      [UInt8(number >> 24 & 255), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
    for (number, known) in [(139_999, false), (140_000, true), (160_000, true), (160_001, false)] {
      #expect(isKnown(iterations(number) + file.dropFirst(4)) == known, "\(number)")
      #expect(isKnown(iterations(number) + [UInt8](repeating: 0, count: 41)) == known)
      #expect(!isKnown(iterations(number) + [UInt8](repeating: 0, count: 40)))
    }
    // The older layout has 12 bytes and a tag at least; shorter ones are nothing.
    for (count, isTooShort) in [(28, true), (29, false)] {
      let bytes = [UInt8](repeating: 1, count: count)
      #expect(throws: isTooShort ? ImportError.unrecognised : ImportError.wrongPassphrase) {
        _ = try Interchange.read(
          SecretBytes(copying: bytes.span), as: .andOTP, name: "", passphrase: ImportTests.passphrase)
      }
    }
  }

  // Files of lines.

  @Test func `the type, the fields and the last code of users.oath`() throws {
    let hex = "3132333435363738393031323334353637383930"
    let report = try read(
      """
      HOTP a - \(hex)
      HOTP/E/7 b - \(hex) 0
      HOTP/E/8 c + \(hex) 0 12345678
      HOTP/T60/8 d - \(hex)
      HOTP/T30 e - \(hex) 0 287082 1970-01-01T00:00:59L
      HOTP/T30 f - \(hex) 0 000000 1970-01-01T00:10:00L
      HOTP/T30 g - \(hex) 0 287082 never
      HOTP/T30 h - \(hex) 0 x 1970-01-01T00:00:59L
      HOTP/E/9 i - \(hex)
      HOTP j -
      # HOTP k - \(hex)
      other
      """)
    #expect(report.accounts.map(\.label.account) == ["a", "b", "c", "d", "e", "f"])
    #expect(
      try report.accounts.map(\.factor) == [
        .hotp(algorithm: .sha1, digits: .six, counter: 0), .hotp(algorithm: .sha1, digits: .seven, counter: 0),
        .hotp(algorithm: .sha1, digits: .eight, counter: 1), .totp(TOTPParameters(digits: .eight, period: 60)),
        .totp(.standard), .totp(.standard),
      ])
    #expect(report.refused.map { String($0.entry.suffix(3)) } == ["(g)", "(h)", "(j)"])
    #expect(
      report.skipped.map(\.reason) == [
        "its PIN is not carried over", "its type is none of pam_oath's, which ignores it",
      ])
    #expect(
      reason("nothing\n", as: .oathUsers).contains("no line of the file") && reason("#\n\n", as: .oathUsers).isEmpty)
  }

  @Test func `a state file's options and scratch codes`() throws {
    func account(_ options: String) throws -> (OTPAccount?, String) {
      let report = try read("GEZDGNBVGY3TQOJQ\n\" TOTP_AUTH\n\(options)")
      return (report.accounts.first, report.refused.map(\.reason).joined())
    }
    #expect(try account("\" DISALLOW_REUSE 5 9 7\n\" TIME_SKEW -2\n").0?.history.lastStep == 9)
    #expect(try account("\" TIME_SKEW -2\n").0?.history.drift == -2)
    #expect(try account("\" DISALLOW_REUSE -5\n").0?.history.lastStep == nil)
    #expect(try account("\" HOTP_COUNTER 0\n\" TIME_SKEW 5\n").0?.history.drift == 0)
    #expect(try account("\" HOTP_COUNTER -1\n").1 == "its counter is below zero")
    #expect(
      try account("\" STEP_SIZE x\n").1 == "its STEP_SIZE is no number"
        && account("\" STEP_SIZE 0\n").1.contains("period"))
    let codes = try account("12345678\n1234567\n123456789\n1234567x\n87654321\n").0?.history.scratchCodes
    #expect(codes?.bytes.string() == "1234567887654321")
    #expect(try account("").0?.history.scratchCodes == nil)
  }
}
