import Foundation
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

/// Tables with a column of URIs or secrets.
@Suite struct CSVTests {
  static let secret = "GEZDGNBVGY3TQOJQ"
  static let uri = "otpauth://totp/Shop:ann?secret=\(secret)&issuer=Shop"

  private func read(_ text: String, as format: ImportFormat? = nil) throws -> ImportReport {
    try Interchange.read(SecretBytes(text: text), as: format, name: "", passphrase: ImportPassphrase { nil })
  }

  private func lines(_ text: String, as format: ImportFormat? = nil) throws -> [String] {
    let report = try read(text, as: format)
    return report.accounts.map { "\($0.label.issuer ?? "-")|\($0.label.account)" }
      + report.skipped.map { "skipped \($0.entry)" } + report.refused.map { "refused \($0.entry): \($0.reason)" }
  }

  @Test(arguments: [
    "login_totp", "TOTP", "otpauth", "OTP", "otpurl", "otp_url", "OTP URL", "Otp-Auth", "totp_secret",
    "one-time password",
    "2FA", "secret", "Secret Key", "seed", "\"totp\"", " totp ", "Authenticator Key",
  ]) func `a column of secrets is known by its heading`(heading: String) throws {
    let wanted = ["Shop|ann"]
    for separator in [",", ";", "\t"] {
      for end in ["\n", "\r\n", "\r"] {
        let rows =
          ["name", "username", heading, "note"].joined(separator: separator) + end
          + ["Shop", "ann", Self.secret, "a note"].joined(separator: separator)
        #expect(try lines(rows) == wanted)
        #expect(try lines(rows + end) == wanted)
        #expect(try lines("\u{FEFF}sep=\(separator)\(end)\(rows)") == wanted)
      }
    }
  }

  @Test(arguments: [
    "\"1002\",\"1cddec34ac157aa67e96ca6886bb76c3663b6463\",\"totp\",\"6\",\"30\"\n",
    "1002;1cddec34ac157aa67e96ca6886bb76c3663b6463;totp;6;30\n", "a,GEZDGNBVGY3TQOJQ,totp\nb,GEZDGNBVGY3TQOJQ,totp\n",
    "\"Shop\",\"Username\",\"ann\",\"TOTP\",\"GEZDGNBVGY3TQOJQ\"\n", "x,https://shop.example,totp\n",
  ])
  func `a row of values is no row of headings`(text: String) throws {
    #expect(throws: ImportError.self) { try read(text, as: .csv) }
  }

  @Test func `nothing of a row with broken quotes is shown`() throws {
    let text = "name,user,password,totp\n\"s3cretpw,\(Self.secret),a,b\n"
    #expect(try lines(text) == ["refused entry 1: its quotes are broken"])
  }

  @Test(arguments: ["otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQ", "my GEZDGNBVGY3TQOJQ"])
  func `a name that may hold a secret is not shown`(name: String) throws {
    #expect(try lines("name,totp\n\(name),\n") == ["skipped entry 1"])
  }

  @Test func `quotes, newlines in them, and empty cells`() throws {
    let text = """
      Title,Username,Password,Notes,TOTP
      "Ex ""quoted"", Inc",ann,"p,w","line 1
      otpauth://totp/no:no?secret=GEZDGNBV
      ",\(Self.uri)
      Second,ben,pw,,
      Third,"c""d",pw,,"\(Self.secret)"
      Fourth,dan,pw,,"  "

      Fifth,eve,pw,,"\(Self.uri)"\u{20}
      """
    #expect(
      try lines(text) == [
        "Shop|ann", "Third|c\"d", "Shop|ann", "skipped entry 2 (Second)", "skipped entry 4 (Fourth)",
      ])
    let report = try read(text)
    #expect(
      report.accounts.allSatisfy {
        $0.secret.bytes() == Array("12345678").map { UInt8(ascii: $0.unicodeScalars.first ?? "x") } + [0x39, 0x30]
      })
  }

  @Test(arguments: [
    ("Shop,ann,\(secret),x", "it has 4 cells, and the first row has 3"),
    ("\"Shop,ann,\(secret)", "its quotes are broken"),
    ("\"Shop\"x,ann,\(secret)", "its quotes are broken"), ("Shop,ann,123456", "not base32"),
    ("Shop,ann,\"\(secret)\n\(secret)\"", "not joined"), ("Shop,ann,\(secret) github", "not joined"),
    ("Shop,ann,\"\(uri)\n\(uri)\"", "control character"), ("Shop,ann,https://x", "scheme"),
    ("Shop,ann,\(uri) \(uri)", "another URI"), ("Shop,ann,\"\(uri),\(uri)\"", "another URI"),
    ("Shop,ann,==", "it has no secret"),
  ]) func `a row that is broken is refused, and costs no other`(row: String, reason: String) throws {
    let found = try lines("name,username,totp\nFirst,one,\(Self.secret)\n\(row)\n")
    #expect(found.count == 2 && found[0] == "First|one")
    #expect(found[1].hasPrefix("refused entry 2") && found[1].contains(reason), "\(found)")
  }

  @Test(arguments: ["", "\n", "\r\n", "\r"]) func `the last row may be of one character`(end: String) throws {
    #expect(try lines("totp\n=\(end)") == ["refused entry 1: it has no secret"])
    #expect(try lines("totp\n\(Self.secret)\n=\(end)") == ["-|", "refused entry 2: it has no secret"])
    #expect(try lines("totp\(end)").isEmpty)
  }

  @Test func `cells at the end may be missing, and more may be empty`() throws {
    #expect(
      try lines("totp,name,username\n\(Self.secret)\n\(Self.secret),Shop\n\(Self.secret),Shop,ann,,\n") == [
        "-|", "Shop|", "Shop|ann",
      ])
    #expect(try lines("name,username,totp\nShop\n") == ["skipped entry 1 (Shop)"])
  }

  @Test func `the likelier column of several, where it is not empty`() throws {
    let text = "secret,totp,title,issuer,email,username\nGEZDGNBV,\(Self.secret),T,I,e,u\n\(Self.secret),,T,,e,\n"
    let report = try read(text)
    #expect(report.accounts.map(\.label.title) == ["I:u", "T:e"])
    #expect(report.accounts.allSatisfy { $0.secret.count == 10 })
  }

  @Test(arguments: [
    ("Account,Login,Secret", "A|B"), ("Issuer,Account,Secret", "A|B"), ("Name,Account,OTP", "A|B"),
    ("x,Account,Totp", "-|B"),
    ("Account,Email,2FA code", "A|B"), ("Title,E-Mail,Secret", "A|B"), ("x,Service,Seed", "B|"),
  ]) func `an account is a user, or else a service`(header: String, name: String) throws {
    #expect(try lines("\(header)\nA,B,\(Self.secret)\n") == [name])
  }

  @Test func `columns describe a bare secret`() throws {
    let text = """
      issuer,username,type,algorithm,digits,period,counter,secret
      A,a,totp,SHA256,8,60,,\(Self.secret)
      B,b,HOTP,HmacSHA512,7,,5,\(Self.secret)
      C,c,Steam,,,,,\(Self.secret)
      D,d,,,,,,\(Self.secret)
      E,e,motp,,,,,\(Self.secret)
      F,f,hotp,,,,,\(Self.secret)
      G,g,totp,MD5,,,,\(Self.secret)
      H,h,totp,,9,,,\(Self.secret)
      I,i,totp,,x,,,\(Self.secret)
      J,j,totp,,,0,,\(Self.secret)
      K,k,hotp,,,,-1,\(Self.secret)
      """
    let report = try read(text)
    #expect(
      try report.accounts.map(\.factor) == [
        .totp(TOTPParameters(algorithm: .sha256, digits: .eight, period: 60)),
        .hotp(algorithm: .sha512, digits: .seven, counter: 5), .steam, .totp(.standard),
      ])
    let refused = report.refused.map { String($0.entry.suffix(3)) }
    #expect(refused == ["(E)", "(F)", "(G)", "(H)", "(I)", "(J)", "(K)"])
  }

  @Test(arguments: ["<#>", "code: #", "'#'", "(#)", " #\u{A0}"]) func `a URI within its cell`(pattern: String) throws {
    #expect(try lines("title;totp\nx;\(pattern.replacing("#", with: Self.uri))\n") == ["Shop|ann"])
  }

  @Test func `settings of KeePass's plugins`() throws {
    let rows = ["30;6", "60;8", "30;S", "60;S", "30;9", "30", "30;6;x", ""].map { "Shop,ann,\(Self.secret),\"\($0)\"" }
    let report = try read("Title,User Name,TOTP Seed,TOTP Settings\n" + rows.joined(separator: "\n"))
    #expect(
      try report.accounts.map(\.factor) == [
        .totp(.standard), .totp(TOTPParameters(digits: .eight, period: 60)), .steam, .totp(.standard),
      ])
    #expect(report.refused.count == 4)
  }

  @Test func `a password manager's own types are none of a code`() throws {
    #expect(try lines("type,name,username,totp\nlogin,Shop,ann,\(Self.secret)\n") == ["Shop|ann"])
  }

  @Test func `a name that is not UTF-8 is refused`() throws {
    let text = Array("name,totp\n".utf8) + [0xFF, 0xFD] + Array(",\(Self.secret)\n".utf8)
    let report = try Interchange.read(
      SecretBytes(copying: text.span), as: nil, name: "", passphrase: ImportPassphrase { nil })
    #expect(report.refused.map(\.reason) == ["its issuer is not UTF-8"] && report.accounts.isEmpty)
  }

  @Test func `a table without such a column is none`() {
    #expect(throws: ImportError.unrecognised) { _ = try read("name,username,password\nShop,ann,pw\n") }
    #expect { _ = try read("name,password\nShop,pw\n", as: .csv) } throws: { "\($0)".contains("column of secrets") }
    #expect { _ = try read("name,password\nShop,pw\n", as: .bitwarden) } throws: {
      "\($0)".contains("column of secrets")
    }
  }

  @Test func `headings are short`() {
    let long = String(repeating: " ", count: 60)
    #expect(throws: ImportError.unrecognised) { _ = try read("name,totp\(long)\nShop,\(Self.secret)\n") }
  }

  // Tables of hardware tokens.

  static let seed = "3132333435363738393031323334353637383930"

  @Test func `tables of tokens`() throws {
    let text = """
      # serial, seed, type, digits, period or counter
      1001, \(Self.seed), totp, 8, 60
      1002, \(Self.seed.uppercased()), HOTP, 6, 7,

      1003, \(Self.seed), hotp
      1004, \(Self.seed)
      1005, \(Self.seed), totp
      1006, xyz, totp
      1007, \(Self.seed), ocra, x
      1008, \(Self.seed), totp, 9
      1009, \(Self.seed), totp, 6, x
      1010, \(Self.seed), hotp, 6, -1
      1011
      1012, \(Self.seed), totp, 6, 30, x
      """
    let report = try read(text)
    #expect(report.accounts.map(\.label.account) == ["1001", "1002", "1003", "1004", "1005"])
    #expect(
      try report.accounts.map(\.factor) == [
        .totp(TOTPParameters(digits: .eight, period: 60)), .hotp(algorithm: .sha1, digits: .six, counter: 7),
        .hotp(algorithm: .sha1, digits: .six, counter: 0), .hotp(algorithm: .sha1, digits: .six, counter: 0),
        .totp(.standard),
      ])
    #expect(report.accounts.allSatisfy { $0.secret.string() == "12345678901234567890" })
    #expect(report.refused.map { String($0.entry.suffix(6)) } == (6...12).map { String(format: "(10%02d)", $0) })
  }

  @Test func `tokens are known by a whole seed and a type`() throws {
    let least = String(Self.seed.prefix(32))
    #expect(try lines("1, \(least), totp\n") == ["-|1"])
    for text in [
      "1, \(least.dropLast()), hotp\n", "1, \(least), x\n", "1, \(least)\n", "name, \(least.dropLast())g, hotp\n",
    ] {
      #expect(throws: ImportError.unrecognised) { _ = try read(text) }
    }
    #expect(try lines("1, \(least)\n", as: .oathCSV) == ["-|1"])
    #expect(throws: ImportError.unrecognised) { _ = try read("", as: .oathCSV) }
    #expect(
      try lines("Serial, seed, type, otplen\n1, \(least), totp\nserial, x, totp\n").map { $0.prefix(15) } == [
        "-|1", "refused entry 3",
      ])
    // One that is broken does not hide the others.
    let broken = String(repeating: "1, x, totp\n", count: 9)
    #expect(try read(broken + "2, \(least), totp\n").accounts.count == 1)
  }
}
