import Foundation
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

/// Other programs' files, against codes that oathtool computed.
@Suite struct ImportTests {
  struct Expected: Decodable {
    var issuer, name, type: String
    var codes: [String: String]
  }
  static let expected = Vectors.load("import/expected_codes.json", as: [Expected].self)

  static func file(_ name: String) throws -> SecretBytes {
    let data = try Data(contentsOf: Vectors.root.appending(path: "TestVectors/import").appending(path: name))
    return SecretBytes(copying: [UInt8](data).span)
  }

  static var passphrase: ImportPassphrase { ImportPassphrase { SecretBytes(text: "vmfa-test") } }

  static func check(_ accounts: [OTPAccount], count: Int) throws {
    var checked = 0
    for account in accounts {
      let known = expected.filter { $0.issuer == account.label.issuer ?? "" && $0.name == account.label.account }
      guard let entry = known.first else { continue }
      checked += 1
      for (moment, code) in entry.codes {
        let number = try #require(Int64(moment))
        if case .hotp(let algorithm, let digits, let counter) = account.factor {
          #expect(counter == 4)
          var hotp = try HOTP(secret: account.secret, algorithm: algorithm, digits: digits)
          #expect(try hotp.code(counter: UInt64(number)).digits == code)
        } else {
          #expect(try account.factor.code(of: account.secret, at: UnixTime(seconds: number)) == code, "\(entry.name)")
        }
      }
    }
    #expect(checked == count)
  }

  @Test(arguments: [
    ("otpauth_uris.txt", 9, 8), ("2fas_v4_plain.2fas", 9, 8), ("2fas_v4_encrypted.2fas", 9, 8),
    ("andotp_plain.json", 9, 8), ("freeotp_plus.json", 8, 8), ("bitwarden.json", 9, 7),
    ("google_migration_2batches.txt", 7, 7),
    ("andotp_encrypted.json.aes", 9, 8), ("bitwarden_protected.json", 9, 7),
  ])
  func `fixtures`(name: String, count: Int, known: Int) throws {
    let report = try Interchange.read(Self.file(name), as: nil, name: name, passphrase: Self.passphrase)
    #expect(report.accounts.count == count && report.refused.isEmpty)
    try Self.check(report.accounts, count: known)
  }

  @Test func `andOTP's older backups, which have no mark`() throws {
    let file = try Self.file("andotp_encrypted_old.json.aes")
    let report = try Interchange.read(file, as: .andOTP, name: "", passphrase: Self.passphrase)
    try Self.check(report.accounts, count: 8)
    #expect(throws: ImportError.unrecognised) {
      _ = try Interchange.read(file, as: nil, name: "", passphrase: Self.passphrase)
    }
  }

  @Test func `Steam's codes, as other programs show them`() throws {
    let report = try Interchange.read(Self.file("otpauth_uris.txt"), as: nil, name: "", passphrase: Self.passphrase)
    let steam = try #require(report.accounts.first { $0.factor == .steam })
    // Computed apart from this project, from the description of the algorithm.
    #expect(try steam.factor.code(of: steam.secret, at: UnixTime(seconds: 59)) == "PV9M4")
  }

  @Test func `state files of the PAM modules`() throws {
    let google = try Interchange.read(
      Self.file("google_authenticator_state.txt"), as: nil, name: "alice", passphrase: Self.passphrase)
    #expect(google.accounts.map(\.label.account) == ["alice"] && google.skipped.count == 1)
    let users = try Interchange.read(Self.file("users.oath"), as: nil, name: "", passphrase: Self.passphrase)
    #expect(users.accounts.map(\.label.account) == ["alice", "bob", "carol", "dave"])
    #expect(users.accounts[3].factor == .hotp(algorithm: .sha1, digits: .six, counter: 5))
    #expect(users.accounts[2].factor == .totp(try TOTPParameters(digits: .seven, period: 60)))
  }

  @Test func `lines that end as Windows ends them`() throws {
    let users = try read(
      "HOTP/T30 bob - 3132333435363738393031323334353637383930\r\nHOTP/T30 carol - 3132333435363738393031323334353637383930\r\n"
    )
    #expect(users.accounts.map(\.label.account) == ["bob", "carol"])
    let google = try read("GEZDGNBVGY3TQOJQ\r\n\" STEP_SIZE 60\r\n\" TOTP_AUTH\r\n12345678\r\n")
    #expect(google.accounts.map(\.factor) == [.totp(try TOTPParameters(period: 60))] && google.skipped.count == 1)
  }

  @Test func `counters at and past their end are refused, not wrapped`() throws {
    for counter in ["18446744073709551615", "9223372036854775808", "-1", "x"] {
      let report = try read("HOTP alice - 3132333435363738393031323334353637383930 \(counter)\nHOTP bob - 31 4\n")
      #expect(report.accounts.map(\.label.account) == ["bob"] && report.refused.count == 1, "\(counter)")
    }
    let json =
      #"{"tokenOrder":[],"tokens":[{"algo":"SHA1","counter":9223372036854775807,"digits":6,"label":"x","secret":[1],"type":"HOTP"}]}"#
    #expect(try read(json).refused.count == 1)
  }

  @Test func `an algorithm that is none is refused, a missing one is SHA-1`() throws {
    func entry(_ algorithm: String) -> String {
      #"[{"secret":"GEZDGNBVGY3TQOJQ","label":"a","type":"TOTP","digits":6,"period":30\#(algorithm)}]"#
    }
    for bad in [#","algorithm":5"#, #","algorithm":"""#, #","algorithm":"MD5""#] {
      #expect(try read(entry(bad)).refused.count == 1, "\(bad)")
    }
    for good in ["", #","algorithm":null"#] { #expect(try read(entry(good)).accounts.count == 1) }
  }

  @Test func `a wrong passphrase, and none`() throws {
    let file = try Self.file("2fas_v4_encrypted.2fas")
    #expect(throws: ImportError.wrongPassphrase) {
      _ = try Interchange.read(file, as: nil, name: "", passphrase: ImportPassphrase { SecretBytes(text: "x") })
    }
    #expect(throws: ImportError.needsPassphrase) {
      _ = try Interchange.read(file, as: nil, name: "", passphrase: ImportPassphrase { nil })
    }
  }

  private func read(_ text: String, as format: ImportFormat? = nil) throws -> ImportReport {
    try Interchange.read(SecretBytes(text: text), as: format, name: "f", passphrase: Self.passphrase)
  }

  @Test func `one bad entry never costs the others`() throws {
    let report = try read(
      """
      # a comment
      otpauth://totp/good?secret=GEZDGNBVGY3TQOJQ
      otpauth://totp/bad?secret=GEZDGNBVGY3TQOJQ&digits=9
      QR-Code:otpauth://totp/also%20good?secret=GEZDGNBVGY3TQOJQ
      something else

      otpauth-migration://offline?data=%%%
      """)
    #expect(report.accounts.map(\.label.account) == ["good", "also good"])
    #expect(report.refused.map(\.entry) == ["line 3", "line 5", "line 7"])
  }

  @Test func `a missing batch is named`() throws {
    let text = try Self.file("google_migration_2batches.txt").string()
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("otpauth") }
    let report = try read(String(lines[1]))
    #expect(report.missingBatches.count == 1 && report.missingBatches[0].entry.hasPrefix("batch 1 of 2"))
    #expect(try read(lines.reversed().joined(separator: "\n")).missingBatches.isEmpty)
  }

  @Test func `what cannot be opened here says what to do instead`() {
    let argon = #"{"encrypted":true,"passwordProtected":true,"kdfType":1,"data":"x"}"#
    for text in [argon, #"{"encrypted":true,"data":"x"}"#, #"{"version":1,"kdfParams":{},"encryptedData":"x"}"#] {
      #expect { _ = try read(text) } throws: { "\($0)".contains("export") }
    }
  }

  @Test(arguments: ["", "hello", "{}", "[]", "null", "{\"services\":1}", "\u{0}\u{1}"])
  func `what is nothing is told so`(text: String) {
    #expect(throws: ImportError.unrecognised) { _ = try read(text) }
  }

  @Test(arguments: [("figure6.xml", "12345678901234567890123456789012"), ("figure7.xml", "qwerty")])
  func `RFC 6030's encrypted containers`(name: String, passphrase: String) throws {
    let data = try Data(contentsOf: Vectors.root.appending(path: "TestVectors/rfc6030").appending(path: name))
    let file = SecretBytes(copying: [UInt8](data).span)
    func read(_ passphrase: String) throws -> ImportReport {
      try Interchange.read(file, as: nil, name: "", passphrase: ImportPassphrase { SecretBytes(text: passphrase) })
    }
    let report = try read(passphrase)
    #expect(report.accounts.map { $0.secret.string() } == ["12345678901234567890"] && report.refused.isEmpty)
    #expect(report.accounts[0].factor == .hotp(algorithm: .sha1, digits: .eight, counter: 0))
    let wrong = name == "figure6.xml" ? "12345678901234567890123456789013" : "qwertz"
    #expect(throws: ImportError.wrongPassphrase) { _ = try read(wrong) }
  }

  @Test func `RFC 6030 in the clear: HOTP, TOTP, and a PIN that is skipped`() throws {
    let data = try Data(contentsOf: Vectors.root.appending(path: "TestVectors/rfc6030/figure2.xml"))
    let report = try read(String(decoding: data, as: UTF8.self))
    #expect(report.accounts.map(\.label.issuer) == ["Issuer-A", "A & B"] && report.skipped.count == 1)
    #expect(report.accounts[1].factor == .totp(try TOTPParameters(algorithm: .sha256, digits: .six, period: 60)))
    #expect(report.accounts[1].label.account == "CN=alice")
  }

  @Test(arguments: [
    "<a>", "<a></b>", "<a b></a>", "<a/><b/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>&x;</a>", "<a",
    "<a b='c>",
    String(repeating: "<a>", count: 10_000),
  ])
  func `XML that is broken or more than is wanted`(text: String) {
    #expect { _ = try read(text, as: .pskc) } throws: { "\($0)".contains("RFC 6030") }
  }

  @Test func `Bitwarden's CSV`() throws {
    let report = try read(
      """
      folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp
      ,,login,"Ex ""quoted"", Inc",,,0,,alice,pw,gezd gnbv gy3t qojq
      ,,note,No secret,,,0,,,,
      ,,login,Steam,,,0,,gamer,,steam://GEZDGNBVGY3TQOJQ
      ,,login,URI,,,0,,u,,otpauth://totp/URI:u?secret=GEZDGNBVGY3TQOJQ&issuer=URI

      """)
    #expect(report.accounts.map(\.label.issuer) == ["Ex \"quoted\", Inc", "Steam", "URI"])
    #expect(report.accounts[1].factor == .steam && report.skipped.count == 1)
  }

  @Test func `every export reads back to the same codes, or names what it left out`() throws {
    let accounts = try Interchange.read(Self.file("otpauth_uris.txt"), as: nil, name: "", passphrase: Self.passphrase)
      .accounts
    for (format, left) in [(ExportFormat.otpauth, 0), (.google, 2), (.twoFAS, 0)] {
      let export = try Exporter.write(accounts, as: format)
      #expect(export.left.count == left)
      let again = try Interchange.read(export.text(), as: nil, name: "", passphrase: Self.passphrase)
      #expect(again.refused.isEmpty && again.accounts.count == accounts.count - left)
      for account in again.accounts {
        #expect(
          accounts.contains {
            $0.label == account.label && $0.factor == account.factor && $0.showsSameCodes(as: account)
          })
      }
    }
  }

  @Test func `more than ten accounts make several batches`() throws {
    let accounts = try (0..<25).map { index in
      try OTPAccount(
        label: OTPAuthLabel(issuer: nil, account: "a\(index)"), factor: .totp(.standard),
        secret: SecretBytes(text: "secret number \(index)"))
    }
    let export = try Exporter.write(accounts, as: .google)
    #expect(export.parts.count == 3)
    let text = export.text().string().split(separator: "\n").shuffled().joined(separator: "\n")
    let again = try read(text)
    #expect(Set(again.accounts.map(\.label.account)).count == 25 && again.missingBatches.isEmpty)
  }
}
