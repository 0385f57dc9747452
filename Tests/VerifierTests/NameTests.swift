import Testing
import Verifier

@Suite struct NameTests {
  @Test(arguments: ["a", "alice", "Zoë", "日本 語", "a b", "o'brien", "x/y:z%", "😀", String(repeating: "é", count: 128)])
  func `user names`(text: String) throws {
    #expect(try UserName(text).text == text)
  }

  @Test(arguments: [
    "", " ", " a", "a ", "a\nb", "a\0b", "a\tb", "\u{7F}", "\u{202E}a", "a\u{200B}", "a\u{A0}b", "\u{E000}", "\u{2028}",
    "m\u{FFFD}ller",
    String(repeating: "a", count: 129), String(repeating: "a", count: 300),
  ])
  func `no user names`(text: String) {
    #expect { _ = try UserName(text) } throws: { if case VerifierError.malformedName = $0 { true } else { false } }
  }

  @Test(.bug(id: "CVE-2025-6015"), .bug(id: "CVE-2025-55003"))
  func `two spellings of one name are one user`() throws {
    let (composed, decomposed) = (try UserName("Zo\u{EB}"), try UserName("Zoe\u{308}"))
    #expect(composed == decomposed && composed.text.unicodeScalars.count == 3)
    #expect(Set([composed, decomposed]).count == 1)
  }

  @Test(arguments: ["", "a b", "a/b", "é", "a:b", "a\n", String(repeating: "a", count: 227)])
  func `no device names`(text: String) {
    #expect { _ = try DeviceName(text) } throws: { if case VerifierError.malformedName = $0 { true } else { false } }
  }

  @Test func `the longest device name has room in a serial, and is numbered only where it fits`() throws {
    let longest = String(repeating: "a", count: 226), account = try AccountID("123456789012")
    #expect(try DeviceName(longest).text == longest)
    #expect(try Serial(account: account, path: "/", name: DeviceName(longest)).text.utf8.count <= 256)
    #expect(try DeviceName("a").text == "a")
  }

  @Test func `names are ordered, and compared, by their bytes`() throws {
    let (a, b, ab) = (try UserName("a"), try UserName("b"), try UserName("ab"))
    let same = try UserName("a")
    #expect(a < ab && ab < b && !(a < same) && !(b < a) && a != ab && a == same)
    #expect(try UserName("~ !").text == "~ !")
    let account = try AccountID("123456789012")
    let serials = try ["a", "b"].map { try Serial(account: account, name: DeviceName($0)) }
    #expect(serials[0] < serials[1] && !(serials[0] < serials[0]) && !(serials[1] < serials[0]))
  }

  @Test func `a serial's path begins and ends with a slash, of what serials are made of`() throws {
    let account = try AccountID("123456789012"), name = try DeviceName("n")
    let serial = { (path: String) in try Serial(account: account, path: path, name: name) }
    for path in ["/", "/a/", "/a/b/", "/a:b_+=,.@-/", "//a/", "/AZaz09/"] {
      let made = try serial(path)
      #expect(made.text == "arn:aws:iam::123456789012:mfa\(path)n" && made.path == path && made.name == "n")
    }
    for path in ["", "a/", "/a", "//", "/é/", "/a b/", "/a\n/", "/*/"] {
      #expect(throws: VerifierError.self, "\(path)") { try serial(path) }
    }
    // "arn:aws:iam::123456789012:mfa" and "n" have 30 characters.
    let room = { (count: Int) in "/" + String(repeating: "x", count: count - 2) + "/" }
    #expect(try serial(room(226)).text.utf8.count == 256)
    #expect(throws: VerifierError.self) { try serial(room(227)) }
    #expect(Serial(stored: "GAHT12345678").path == "/" && Serial(stored: "GAHT12345678").name == "GAHT12345678")
  }

  @Test func `account ids are twelve digits`() throws {
    for _ in 0..<100 { #expect(try AccountID(AccountID.random().text).text.count == 12) }
    for text in ["", "12345678901", "1234567890123", "12345678901a"] {
      #expect(throws: VerifierError.self) { _ = try AccountID(text) }
    }
  }

  @Test func `rules values are bounded`() throws {
    for setting in VerificationRules.Setting.allCases {
      #expect(setting.range.contains(setting.standard))
      var rules = VerificationRules.standard
      for value in [setting.range.lowerBound - 1, setting.range.upperBound + 1] {
        #expect(throws: VerifierError.self) { try rules.set(setting, to: value) }
      }
      #expect(rules == .standard)
    }
  }
}
