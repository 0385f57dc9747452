import Foundation
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

/// Formats of other programs, by examples made here.
@Suite struct OtherProgramsTests {
  static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
  static let key = "12345678901234567890"

  private func read(
    _ text: String, as format: ImportFormat? = nil, name: String = "", passphrase: String? = nil
  ) throws -> ImportReport {
    try Interchange.read(
      SecretBytes(text: text.replacing("SECRET", with: Self.secret)), as: format, name: name,
      passphrase: ImportPassphrase { passphrase.map { SecretBytes(text: $0) } })
  }

  /// Each account as text, then what was skipped and refused.
  private func lines(_ report: ImportReport) -> [String] {
    report.accounts.map { account in
      let isKey = account.secret.string() == Self.key
      let counter = if case .hotp(_, _, let counter) = account.factor { "\(counter)" } else { "-" }
      return "\(account.label.issuer ?? "-")|\(account.label.account) \(account.factor.typeName) "
        + "\(account.factor.algorithm.rawValue) \(account.factor.digits?.rawValue ?? 5) \(account.factor.period ?? 0) "
        + "\(counter)\(isKey ? "" : " other")"
    } + report.skipped.map { "skipped \($0.entry): \($0.reason)" }
      + report.refused.map { "refused \($0.entry): \($0.reason)" }
  }

  private func lines(_ text: String, as format: ImportFormat? = nil) throws -> [String] {
    lines(try read(text, as: format))
  }

  @Test func `what another program does not say is a default, and what it says otherwise is refused`() throws {
    let duo =
      "[{\"accountType\":\"OtpAccount\",\"name\":\"a\",\"otpGenerator\":{\"otpSecret\":\"SECRET\",REST}},"
      + "{\"accountType\":\"Foo\",\"name\":\"b\",\"otpGenerator\":{\"otpSecret\":\"SECRET\"}}]"
    #expect(
      try lines(duo.replacing("REST", with: "\"digits\":8,\"algorithm\":\"SHA256\",\"period\":60")) == [
        "-|a totp SHA256 8 60 -", "refused entry 2 (b): its accountType is not known",
      ])
    let uri = "otpauth://totp/S:a?secret=SECRET&issuer=S"
    let proton = ["Totp", "Steam", "Foo"].map {
      "{\"content\":{\"uri\":\"\(uri)\",\"entry_type\":\"\($0)\",\"name\":\"a\"}}"
    }
    #expect(
      try lines("{\"version\":1,\"entries\":[\(proton.joined(separator: ","))]}") == [
        "S|a totp SHA1 6 30 -", "refused entry 2 (a): its entry_type is not that of its uri",
        "refused entry 3 (a): its entry_type is not that of its uri",
      ])
    let service = "{\"name\":\"n\",\"secret\":\"SECRET\",\"otp\":\"foo\"}"
    #expect(
      try lines("{\"services\":[\(service)],\"schemaVersion\":4}") == ["refused entry 1 (n): it has no otp"])
  }

  @Test(arguments: ["<?xml version=\"1.0\"", "<!-- <KeyContainer/>", "<?x?><!--", "<!DOCTYPE x>", "<?x?>", "<", ""])
  func `XML that ends before its first element is refused`(text: String) {
    for format in [ImportFormat.pskc, .freeOTPXML] { #expect(throws: ImportError.self) { try read(text, as: format) } }
  }

  @Test func `WinAuth's own file is named with the way out`() {
    let text = "<?xml version=\"1.0\"?><WinAuth version=\"3.6\"><config><data>4A</data></config></WinAuth>"
    #expect { try read(text) } throws: { "\($0)".contains("Export in its menu writes URIs") }
  }

  @Test(arguments: ["+6", "-6", " 6 x", "6.0", "٦"])
  func `a number is ASCII digits, in every format`(number: String) throws {
    let entry =
      "{\"issuer\":\"X\",\"account\":\"c\",\"secret\":\"SECRET\",\"kind\":\"TOTP\",\"digits\":\"\(number)\",\"timer\":\"30\"}"
    #expect(try lines("[\(entry)]").allSatisfy { $0.hasPrefix("refused") })
    #expect(try lines("name,secret,digits\nX,SECRET,\(number)", as: .csv).allSatisfy { $0.hasPrefix("refused") })
    #expect(
      try lines("otpauth://totp/X:c?secret=SECRET&digits=\(number.replacing("+", with: "%2B"))")
        .allSatisfy { $0.hasPrefix("refused") })
  }

  @Test func `Steam's parameters are numbers, and no others`() throws {
    let wanted = ["Steam|c steam SHA1 5 30 -"]
    #expect(try lines("otpauth://steam/Steam:c?secret=SECRET&issuer=Steam&digits=05&period=030") == wanted)
    #expect(try lines("issuer,account,secret,type,digits,period\nSteam,c,SECRET,steam,05,030") == wanted)
    for other in ["6,30", "5,60"] {
      #expect(
        try lines("issuer,account,secret,type,digits,period\nSteam,c,SECRET,steam,\(other)")
          == ["refused entry 1 (Steam): its algorithm, digits or period are not Steam's"])
    }
  }

  @Test func `Authelia's YAML: a name without a value, with and without a space behind the colon`() throws {
    let text = "totp_configurations:\n- username: ann\n  issuer:\n  digits: \n  secret: SECRET"
    #expect(
      try lines(text, as: .authelia) == ["refused line 2 (ann): its digits is no number"])
    #expect(try lines(text.replacing("  digits: \n", with: ""), as: .authelia) == ["-|ann totp SHA1 6 30 -"])
    // One character behind the colon is no empty value.
    #expect(
      try lines(text.replacing("  digits: \n", with: "  digits:8\n"), as: .authelia)
        == ["refused line 2 (ann): line 4 is no NAME: VALUE"])
  }

  @Test func `pam_oath's last counter is one that has a next one`() throws {
    let secret = "3132333435363738393031323334353637383930", last = Int64.max
    #expect(
      try lines("HOTP ann - \(secret) \(last)", as: .oathUsers)
        == ["refused line 1 (ann): its counter is no counter"])
    #expect(try lines("HOTP ann - \(secret) \(last - 1)", as: .oathUsers) == ["-|ann hotp SHA1 6 0 \(last)"])
  }

  @Test(arguments: ["\"secret", "name,\"secret", "\"", "\"a\"\""])
  func `a table whose heading does not close is none`(text: String) {
    #expect(throws: ImportError.self) { try read(text + "\nx,SECRET\n") }
    #expect(throws: ImportError.self) { try read(text, as: .csv) }
  }

  @Test func `Raivo: numbers are texts`() throws {
    let text = """
      [{"issuer":"Shop","account":"Shop:ann","secret":"SECRET","kind":"TOTP","algorithm":"SHA256","digits":"8","timer":"60","counter":"0"},
       {"issuer":"Shop","account":"ben","secret":"SECRET","kind":"hotp","algorithm":"SHA1","digits":"6","timer":"0","counter":"4"},
       {"issuer":"X","account":"c","secret":"SECRET","kind":"MOTP","digits":"6","timer":"30"},
       {"issuer":"Y","account":"d","secret":"SECRET","digits":"6","timer":"30"},
       {"issuer":"Z","account":"e","kind":"TOTP"}, 5]
      """
    #expect(
      try lines(text) == [
        "Shop|ann totp SHA256 8 60 -", "Shop|ben hotp SHA1 6 0 4",
        "refused entry 3 (X): its type MOTP is not supported",
        "refused entry 4 (Y): its kind is missing", "refused entry 5 (Z): it has no secret",
        "refused entry 6: it is no object",
      ])
    #expect { _ = try read("{}", as: .raivo) } throws: { "\($0)".contains("Raivo") }
  }

  @Test func `1Password's export.data: several fields of an item`() throws {
    let text = """
      {"accounts":[{"attrs":{},"vaults":[{"items":[
       {"overview":{"title":"Shop"},"details":{"loginFields":[{"designation":"password","value":"pw"},{"designation":"username","value":"ann"}],
        "sections":[{"fields":[{"value":{"string":"x"}},{"value":{"totp":"SECRET"}}]},
         {"fields":[{"value":{"totp":"otpauth://totp/Other:ben?secret=SECRET&issuer=Other"}},{"value":{"totp":""}}]}]}},
       {"item":{"overview":{"title":"Old"},"details":{"sections":[{"fields":[{"value":{"totp":"SECRET"}}]}]}}},
       {"overview":{"title":"None"},"details":{}},
       {"overview":{"title":"Bad"},"details":{"sections":[{"fields":[{"value":{"totp":5}}]}]}}]}]}]}
      """
    #expect(
      try lines(text) == [
        "Shop|ann totp SHA1 6 30 -", "Other|ben totp SHA1 6 30 -", "Old| totp SHA1 6 30 -",
        "skipped entry 3 (None): it holds no OTP secret", "refused entry 4 (Bad): its totp is no text",
      ])
  }

  @Test func `Authy, as JSON and in its settings`() throws {
    let tokens = """
      [{"accountType":"authenticator","decryptedSecret":"SECRET","digits":6,"name":"Shop: ann","originalName":"Shop:ann","originalIssuer":"Shop"},
       {"accountType":"authenticator","decryptedSecret":"SECRET","digits":7,"name":"ben"},{"accountType":"authy","digits":7,"name":"cat"}]
      """
    let wanted = [
      "Shop|ann totp SHA1 6 30 -", "-|ben totp SHA1 7 30 -", "refused entry 3 (cat): it has no secret",
    ]
    #expect(try lines(tokens) == wanted)
    let escaped = tokens.replacing("\"", with: "&quot;")
    #expect(try lines("<map><string name=\"key\">\(escaped)</string></map>") == wanted)
    #expect { _ = try read("{}", as: .authy) } throws: { "\($0)".contains("Authy") }
  }

  @Test func `FreeOTP 1: a counter is the one before the next`() throws {
    let bytes = Self.key.utf8.map { "\($0)" }.joined(separator: ",")
    func token(_ rest: String) -> String {
      "{\"secret\":[\(bytes)],\(rest)}".replacing("\"", with: "&quot;")
    }
    let text = """
      <?xml version='1.0' encoding='utf-8' standalone='yes' ?><map>
      <string name="a">\(token("\"type\":\"HOTP\",\"label\":\"Shop:ann\",\"issuerExt\":\"Shop\",\"counter\":3,\"digits\":6,\"algo\":\"SHA1\""))</string>
      <string name="b">\(token("\"type\":\"TOTP\",\"label\":\"ben\",\"issuerExt\":\"Steam\",\"digits\":5,\"algo\":\"SHA1\",\"period\":30"))</string>
      <string name="c">\(token("\"type\":\"TOTP\",\"label\":\"cat\",\"issuerInt\":\"Int\",\"digits\":8,\"algo\":\"SHA256\",\"period\":60"))</string>
      <string name="d">\(token("\"type\":\"YOTP\",\"label\":\"dan\""))</string>
      <string name="e">{&quot;type&quot;:&quot;TOTP&quot;,&quot;secret&quot;:[300]}</string>
      <string name="f">text</string><boolean name="g" value="true" />
      <string name="tokenOrder">[&quot;a&quot;]</string></map>
      """
    #expect(
      try lines(text) == [
        "Shop|ann hotp SHA1 6 0 4", "Steam|ben steam SHA1 5 30 -", "Int|cat totp SHA256 8 60 -",
        "skipped entry 6 (f): it is no token", "skipped entry 7 (g): it is no token",
        "refused entry 4 (d): its type YOTP is not supported", "refused entry 5 (e): its secret is no list of bytes",
      ])
    #expect { _ = try read("<x/>", as: .freeOTPXML) } throws: { "\($0)".contains("FreeOTP") }
    for text in ["<map/>", "<map><string name=\"a\">5</string></map>", "<maps><string>{}</string></maps>"] {
      #expect(throws: ImportError.unrecognised) { _ = try read(text) }
    }
  }

  @Test func `Stratum: numbers for types and algorithms`() throws {
    func entry(_ type: String, _ algorithm: String = "0", _ rest: String = "\"Digits\":6,\"Period\":30,\"Counter\":2")
      -> String
    {
      "{\"Type\":\(type),\"Algorithm\":\(algorithm),\"Issuer\":\"I\",\"Username\":\"I:u\",\"Secret\":\"SECRET\",\(rest)}"
    }
    let entries = [
      entry("1"), entry("2", "1"), entry("2", "2", "\"Digits\":8,\"Period\":60"),
      entry("4", "0", "\"Digits\":5,\"Period\":30"),
      entry("3"), entry("5"),
      entry("2", "3"), entry("null"), entry("2", "null", "\"Digits\":9"), entry("1", "0", "\"Digits\":6"),
      entry("4"), entry("4", "1", "\"Digits\":5"), entry("4", "0", "\"Period\":60"),
    ]
    let found = try lines("{\"Authenticators\":[\(entries.joined(separator: ","))]}")
    #expect(
      found == [
        "I|u hotp SHA1 6 0 2", "I|u totp SHA256 6 30 -", "I|u totp SHA512 8 60 -", "I|u steam SHA1 5 30 -",
        "refused entry 5 (I): its Type 3 is not supported", "refused entry 6 (I): its Type 5 is not supported",
        "refused entry 7 (I): its Algorithm is not 0, 1 or 2",
        "refused entry 8 (I): its Type is missing: it is not supported",
        "refused entry 9 (I): digits must be 6, 7 or 8, not 9",
        "refused entry 10 (I): its counter is missing or below zero",
        "refused entry 11 (I): its algorithm, digits or period are not Steam's",
        "refused entry 12 (I): its Algorithm is not Steam's",
        "refused entry 13 (I): its algorithm, digits or period are not Steam's",
      ])
    #expect { _ = try read("{}", as: .stratum) } throws: { "\($0)".contains("Stratum") }
  }

  @Test func `Stratum's older encryption`() throws {
    let file = try ImportTests.file("stratum_legacy.stratum")
    let report = try Interchange.read(file, as: nil, name: "", passphrase: ImportTests.passphrase)
    #expect(lines(report) == ["Shop|ann totp SHA1 6 30 -"])
    #expect(throws: ImportError.wrongPassphrase) {
      _ = try Interchange.read(file, as: nil, name: "", passphrase: ImportPassphrase { SecretBytes(text: "x") })
    }
    #expect { _ = try read("AuthenticatorPro" + String(repeating: "x", count: 51), passphrase: "x") } throws: {
      "\($0)".contains("cut off")
    }
    #expect(throws: ImportError.wrongPassphrase) {
      _ = try read("AuthenticatorPro" + String(repeating: "x", count: 52), passphrase: "x")
    }
  }

  @Test func `TOTP Authenticator's backup`() throws {
    let file = try ImportTests.file("totp_authenticator.encrypt")
    let report = try Interchange.read(file, as: nil, name: "Backup.ENCRYPT", passphrase: ImportTests.passphrase)
    #expect(
      lines(report) == [
        "Shop|ann totp SHA1 6 30 -", "Shop|ben totp SHA1 6 30 -", "-|cat totp SHA1 6 30 -",
        "refused entry 4 (Bad): its base is not 16, 32 or 64", "refused entry 5 (None): it has no secret",
      ])
    #expect(throws: ImportError.wrongPassphrase) {
      _ = try Interchange.read(
        file, as: .totpAuthenticator, name: "", passphrase: ImportPassphrase { SecretBytes(text: "x") })
    }
    #expect(throws: ImportError.unrecognised) {
      _ = try Interchange.read(file, as: nil, name: "x.txt", passphrase: ImportTests.passphrase)
    }
  }

  @Test func `Proton Authenticator`() throws {
    let text = """
      {"version":1,"entries":[{"content":{"uri":"otpauth://totp/?secret=SECRET","name":"ann"}},{"content":{"uri":"steam://SECRET","name":""}},
       {"content":{"uri":"SECRET","name":"bad"}},{"content":{"name":"none"}},{"note":1},5]}
      """
    #expect(
      try lines(text) == [
        "-|ann totp SHA1 6 30 -", "Steam| steam SHA1 5 30 -", "refused entry 3 (bad): its uri is none",
        "refused entry 4 (none): it has no uri", "refused entry 5: it has no uri", "refused entry 6: it is no object",
      ])
    #expect { _ = try read(#"{"version":1,"salt":"x","content":"x"}"#) } throws: {
      "\($0)".contains("without a password")
    }
    #expect { _ = try read("{}", as: .proton) } throws: { "\($0)".contains("Proton") }
    for text in [#"{"salt":"x","content":"x"}"#, #"{"version":1,"salt":"x"}"#, #"{"version":1,"content":"x"}"#] {
      #expect(throws: ImportError.unrecognised) { _ = try read(text) }
    }
  }

  @Test func `Duo`() throws {
    let text = """
      [{"name":"a","otpGenerator":{"otpSecret":"SECRET","counter":0}},{"name":"b","otpGenerator":{"otpSecret":"SECRET","counter":null}},
       {"name":"c"},{"name":"d","otpGenerator":{"otpSecret":"SECRET","counter":"x"}},{"name":"e","otpGenerator":{"counter":-1,"otpSecret":"SECRET"}}]
      """
    #expect(
      try lines(text) == [
        "-|a hotp SHA1 6 0 0", "-|b totp SHA1 6 30 -", "skipped entry 3 (c): it holds no OTP secret",
        "refused entry 4 (d): its counter is no number", "refused entry 5 (e): its counter is missing or below zero",
      ])
    #expect { _ = try read("{}", as: .duo) } throws: { "\($0)".contains("Duo") }
  }

  @Test func `Keycloak: a key is text, unless an encoding is named`() throws {
    func user(_ name: String, _ data: String, value: String) -> String {
      let escaped = data.replacing("\"", with: "\\\"")
      return
        "{\"username\":\"\(name)\",\"credentials\":[{\"type\":\"password\"},{\"type\":\"OTP\",\"secretData\":\"{\\\"value\\\":\\\"\(value)\\\"}\","
        + "\"credentialData\":\"{\(escaped)}\"}]}"
    }
    let users = [
      user(
        "ann", "\"subType\":\"totp\",\"digits\":8,\"period\":60,\"algorithm\":\"HmacSHA256\",\"secretEncoding\":null",
        value: Self.key),
      user("ben", "\"subType\":\"hotp\",\"digits\":6,\"counter\":9,\"secretEncoding\":\"base32\"", value: "SECRET"),
      user("cat", "\"subType\":\"totp\",\"secretEncoding\":\"HEX\"", value: "SECRET"),
      user("dan", "\"digits\":6", value: "x"),
      user("", "\"subType\":\"totp\"", value: "x"), "{\"username\":\"eve\"}",
      "{\"username\":\"fay\",\"credentials\":[{\"type\":\"otp\",\"secretData\":{\"value\":\"\(Self.key)\"},\"credentialData\":{\"subType\":\"totp\"}}]}",
      "{\"username\":\"gus\",\"credentials\":[{\"type\":\"otp\",\"secretData\":\"{\",\"credentialData\":\"{}\"}]}",
      "{\"username\":\"hal\",\"credentials\":[{\"type\":\"otp\"}]}",
    ]
    #expect(
      try lines("{\"realm\":\"R\",\"users\":[\(users.joined(separator: ","))]}") == [
        "R|ann totp SHA256 8 60 -", "R|ben hotp SHA1 6 0 9", "R|fay totp SHA1 6 30 -",
        "refused entry 3 (cat): its secretEncoding is not BASE32", "refused entry 4 (dan): its subType is missing",
        "refused entry 5: its user has no name", "refused entry 8 (gus): its secretData is broken",
        "refused entry 9 (hal): it has no credentialData",
      ])
    #expect { _ = try read("{}", as: .keycloak) } throws: { "\($0)".contains("users") }
    #expect(throws: ImportError.unrecognised) { _ = try read(#"{"users":[{"username":"a"}]}"#) }
  }

  @Test func `Authelia's YAML: base64 of base32, or base32`() throws {
    let base64 = Data(Self.secret.utf8).base64EncodedString()
    let text = """
      # yaml-language-server: $schema=https://example
      ---
      totp_configurations:
          - created_at: 2024-01-01T00:00:00Z
            last_used_at: null
            username: 'ann'
            issuer: "Auth elia"
            algorithm: SHA512
            digits: 8
            period: 60
            secret: \(base64)
      - username: ben
        secret: "SECRET"

        # a comment
      - username: cat
        secret: \(base64)
        digits: 5
      - username: dan
        secret: |
      - username: eve
        pin: 5
      - username: fay
        username: gus
        secret: SECRET
      - secret: SECRET
      - username: hal
      - username: ida
        secret: SECRET
        secret: SECRET
      - username: jim
        period: x
        secret: SECRET
      - username: kim # x
        secret: SECRET
      - username: "l\\"m"
        secret: SECRET
      - username: 'n
        secret: SECRET
      - username: "
        secret: SECRET
      - username
        secret: SECRET
      - username:ola
        secret: SECRET
      """
    let report = try read(text)
    #expect(report.accounts.map(\.label.title) == ["Auth elia:ann", "ben"])
    #expect(report.accounts.allSatisfy { $0.secret.string() == Self.key })
    #expect(try report.accounts[0].factor == .totp(TOTPParameters(algorithm: .sha512, digits: .eight, period: 60)))
    #expect(
      report.refused.map { "\($0.entry): \($0.reason)" } == [
        "line 16 (cat): digits must be 6, 7 or 8, not 5",
        "line 19 (dan): line 20 has a value of a kind that is not read",
        "line 21 (eve): line 22 has a name that is not known",
        "line 23 (fay): line 24 has its username for the second time",
        "line 26 (no username): it has no username", "line 27 (hal): it has no secret",
        "line 28 (ida): line 30 has its secret for the second time", "line 31 (jim): its period is no number",
        "line 34 (no username): line 34 has a value of a kind that is not read",
        "line 36 (no username): line 36 has a value of a kind that is not read",
        "line 38 (no username): line 38 has a value of a kind that is not read",
        "line 40 (no username): line 40 has a value of a kind that is not read",
        "line 42 (no username): line 42 is no NAME: VALUE", "line 44 (no username): line 44 is no NAME: VALUE",
      ])
    for text in ["x: y\ntotp_configurations:\n", "totp_configurations: []\n", "totp_configurations:\n  x: y\n"] {
      #expect { _ = try read(text) } throws: { "\($0)".contains("is no line of Authelia's export") }
    }
    #expect { _ = try read("# nothing\n", as: .authelia) } throws: { "\($0)".contains("totp_configurations") }
  }

  @Test func `JSON with URIs in it, however deep`() throws {
    let uri = "otpauth://totp/a:b?secret=SECRET&issuer=a"
    let text = """
      {"items":[{"otp":"\(uri)"},["\(uri.replacing("otpauth", with: " OTPAUTH"))",{"x":{"y":"STEAM://SECRET"}}]],"note":"see \(uri)",
       "game":"steam://run/440","bad":"otpauth://totp/x?secret=1","n":5,"m":"otpauth-migration://offline?x"}
      """
    #expect(
      try lines(text) == [
        "a|b totp SHA1 6 30 -", "a|b totp SHA1 6 30 -", "Steam| steam SHA1 5 30 -",
        "refused URI 4: character 1 is not base32: the letters A to Z and the digits 2 to 7 are",
        "refused URI 5: it has no data",
      ])
    #expect { _ = try read(#"["x"]"#, as: .json) } throws: { "\($0)".contains("no string of the file") }
    #expect(throws: ImportError.unrecognised) { _ = try read(#"{"note":"see otpauth://totp/x"}"#) }
  }

  @Test(
    arguments: [
      ([0xAC, 0xED, 0, 5], "FreeOTP 2"), (Array("AUTHENTICATORPRO".utf8), "Stratum"),
      (Array("SQLite format 3\0".utf8), "SQLite"),
      ([0x03, 0xD9, 0xA2, 0x9A], "KeePass"), ([0x1F, 0x8B], "gzip"),
      ([0x37, 0x7A, 0xBC, 0xAF], "7z"),
      (Array("age-encryption.org/v1".utf8), "age"), (Array("-----BEGIN AGE ENCRYPTED FILE".utf8), "age"),
      (Array("-----BEGIN PGP MESSAGE-----".utf8), "OpenPGP"), (Array("%PDF-1.7".utf8), "PDF"),
      (Array("bplist00".utf8), "property list"),
    ] as [([UInt8], String)])
  func `what cannot be read is named, with the way out`(bytes: [UInt8], word: String) {
    let file = SecretBytes(copying: bytes.span)
    #expect { _ = try Interchange.read(file, as: nil, name: "", passphrase: ImportPassphrase { nil }) } throws: {
      error in
      guard case ImportError.unsupported(let reason) = error else { return false }
      return reason.contains(word) && reason.hasPrefix("this is ")
    }
    let cut = SecretBytes(copying: Array(bytes.prefix(1)).span)
    #expect(throws: ImportError.unrecognised) {
      _ = try Interchange.read(cut, as: nil, name: "", passphrase: ImportPassphrase { nil })
    }
  }

  @Test func `text in UTF-16 that is broken is the file's fault`() {
    let cut: [UInt8] = [0xFF, 0xFE, 0x41]
    #expect {
      _ = try Interchange.read(SecretBytes(copying: cut.span), as: nil, name: "", passphrase: ImportPassphrase { nil })
    } throws: { $0 is ImportError && "\($0)".contains("UTF-16, and is cut off") }
  }
}
