import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

/// The limits of a URI in text that people and programs wrote around it.
@Suite struct URIBoundaryTests {
  static let secret = "GEZDGNBVGY3TQOJQ"
  static let uri = "otpauth://totp/Shop:ann?secret=\(secret)&issuer=Shop"

  private func read(_ text: String) throws -> ImportReport {
    try Interchange.read(SecretBytes(text: text), as: .otpauth, name: "", passphrase: ImportPassphrase { nil })
  }

  private func titles(_ text: String) throws -> [String] {
    let report = try read(text)
    return report.accounts.map { "\($0.label.issuer ?? "-")|\($0.label.account)" }
      + report.refused.map { "refused \($0.entry)" }
  }

  @Test(arguments: [
    "§", "\"§\"", "\"§\",\"password\"", "'§'", "`§`", "<§>", "(§)", "[code](§)", "{§}", "“§”", "‘§’", "„§“", "«§»",
    "§,", "§;", "§, pw", "§;pw;x", "§\tpw", "| § | pw |", "- uri: \"§\"", "QR-Code:§", "uri=§", "§\u{A0}", "\u{A0}§",
    "§\u{200B}", "\u{FEFF}§", "§\u{3000}pw", "§\u{2028}pw", "§ # a comment", "§   ", "  §", "§\\", "\\\"§\\\"",
    "<a href=\"§\">x</a>", "&quot;§&quot;", "&lt;§&gt;", "&#34;§&#34;", "&#x22;§&#x22;", "§&nbsp;", "§&#160;x",
    "&#39;§&#39;", "<code>§</code>", "§<br>", "§|", "see § ", "§\u{0}x",
  ])
  func `what stands around a URI is no part of it`(pattern: String) throws {
    let text = pattern.replacing("§", with: Self.uri)
    #expect(try titles(text) == ["Shop|ann"])
  }

  /// The parameters of the one account in a text, or why there is none.
  private func outcome(_ text: String) throws -> String {
    let report = try read(text)
    guard let account = report.accounts.first else { return "refused" }
    let factor = account.factor
    let key = account.secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    return "\(factor.algorithm.rawValue) \(factor.digits?.rawValue ?? 5) \(factor.period ?? 0) \(key.count)"
  }

  /// A parameter that is lost is a default that nobody asked for.
  @Test(arguments: [
    ("&issuer=Shop, Inc.&algo=SHA512&digit=8", "SHA512 8 30 10"), ("&issuer=Shop, Inc.&interval=60", "SHA1 6 60 10"),
    ("&issuer=Shop|x&algo=SHA256", "SHA256 6 30 10"), ("&image=https://x/a,b.png&hash=SHA256", "SHA256 6 30 10"),
    ("&issuer=Shop, Inc&pin=1234", "refused"), ("&issuer=Shop, Inc&t0=5", "refused"),
    ("&issuer=Shop&amp;amp;digits=8", "SHA1 8 30 10"), ("&amp;amp;algorithm=SHA256", "SHA256 6 30 10"),
    (";issuer=Shop;digits=8", "refused"), ("&digits=8,period=60", "refused"), ("&issuer=Shop; digits=8", "refused"),
    ("& digits=8", "SHA1 8 30 10"), ("&digits =8", "SHA1 8 30 10"), ("&digits%20=8", "SHA1 8 30 10"),
    ("&ampdigits=8", "SHA1 8 30 10"), ("&issuer=A, B", "SHA1 6 30 10"),
    ("&issuer=A,bcdefghijklmnopqrstuvw=1", "SHA1 6 30 10"), ("&issuer=a=b;c=d", "SHA1 6 30 10"),
  ])
  func `no parameter is lost to what looks like the end of a URI`(rest: String, wanted: String) throws {
    #expect(try outcome("otpauth://totp/Shop:ann?secret=\(Self.secret)\(rest)") == wanted)
  }

  /// The part before the line end would be an account of its own, with a shorter key or other parameters.
  @Test(arguments: [
    "otpauth://totp/a?secret=GEZDGNBV\nGY3TQOJQ", "otpauth://totp/a?secret=GEZDGNBV\r\n  GY3TQOJQ&digits=8",
    "otpauth://totp/a?secret=\(secret)&digits=\n8", "otpauth://totp/a?secret=\(secret)&per\niod=60",
    "otpauth://totp/a?secret=\(secret)\n&period=60", "otpauth://totp/a?secret=GEZDGNBV\nGY3TQOJQ=",
    "otpauth://totp/a\n?secret=\(secret)&digits=8", "steam://GEZDGNBV\nGY3TQOJQ",
  ])
  func `a URI that goes on in the next line is refused as a whole`(text: String) throws {
    #expect(try titles(text) == ["refused line 1"])
    #expect(try titles(text + "\n" + Self.uri) == ["Shop|ann", "refused line 1"])
  }

  @Test(arguments: ["# recovery: ABCD", "", "<br>", uri.replacing("ann", with: "ben")])
  func `a URI ends where the next line is another one, a comment or markup`(next: String) throws {
    #expect(try titles("\(Self.uri)\n\(next)").contains("Shop|ann"))
  }

  @Test(arguments: ["Regards", "issued by hand", "NAME=shop", "- ben:", "GITHUB"])
  func `words in the next line are no part of a URI`(next: String) throws {
    #expect(try titles("\(Self.uri)\n\(next)") == ["Shop|ann", "refused line 2"])
  }

  @Test(arguments: ["\u{A0}", "\u{200B}", "\u{2009}", "\u{3000}"])
  func `a secret in groups is read as a whole, or refused as a whole`(space: String) throws {
    let groups = ["GEZD", "GNBV", "GY3T", "QOJQ"].joined(separator: space)
    #expect(try outcome("otpauth://totp/a?secret=\(groups)") == "SHA1 6 30 10")
    #expect(try outcome("otpauth://totp/a?secret=GEZDGNBVGY3TQOJ\(space)Q") == "SHA1 6 30 10")
    #expect(try outcome("otpauth://totp/a?issuer=b&secret=\(groups)\(space)") == "SHA1 6 30 10")
    #expect(try outcome("steam://\(groups)") == "SHA1 5 30 10")
    // A word behind a whole secret is none of its groups.
    #expect(try outcome("otpauth://totp/a?secret=\(Self.secret)\(space)work") == "SHA1 6 30 10")
    for separator in [",", ")", "\"", "|"] {
      #expect(try outcome("otpauth://totp/a?secret=GEZDGNBV\(separator)GY3TQOJQ") == "refused")
      #expect(try outcome("otpauth://totp/a?secret=\(Self.secret)\(separator)GY3TQOJQ") == "SHA1 6 30 10")
    }
  }

  @Test(arguments: [
    ("otpauth://totp/$(touch%20x)?secret=S", "-|$(touch x)"),
    ("otpauth://totp/a(b)?secret=S&issuer=Shop (work)", "Shop (work)|a(b)"),
    ("otpauth://totp/O'Brien?secret=S", "-|O'Brien"), ("otpauth://totp/a[1]{2}?secret=S", "-|a[1]{2}"),
    ("otpauth://totp/My Bank:Jürgen?secret=S&issuer=My Bank", "My Bank|Jürgen"),
    ("otpauth://totp/a,b;c?secret=S", "-|a,b;c"),
    ("otpauth://totp/a?issuer=Acme, Inc&secret=S", "Acme, Inc|a"),
    ("otpauth://totp/a?issuer=A;B&amp;secret=S", "A;B|a"),
    ("otpauth://totp/a?issuer=Acme, Inc&SECRET=S", "Acme, Inc|a"),
    ("otpauth://totp/a?secret=S&issuer=Acme, Inc", "Acme|a"),
    ("\"otpauth://totp/a?secret=S&issuer=Acme, Inc\",pw", "Acme, Inc|a"),
    ("otpauth://totp/\u{1F469}\u{200D}\u{1F4BB}?secret=S", "-|\u{1F469}\u{200D}\u{1F4BB}"),
    ("otpauth://totp/O&#39;Brien:x?secret=S", "O'Brien|x"), ("otpauth://totp/a:b?secret=S&issuer=a&amp;", "a|b"),
    ("steam://S", "Steam|"), ("STEAM://S,", "Steam|"), ("url:steam://S", "Steam|"), ("\"steam://S\"", "Steam|"),
  ])
  func `what a URI may hold is a part of it`(pattern: String, title: String) throws {
    let text = pattern.replacing(/(secret=|SECRET=|\/\/)S(?=[&",]|$)/) { "\($0.1)\(Self.secret)" }
    #expect(try titles(text) == [title])
  }

  /// A default in the place of what was cut off would give wrong codes without a word.
  @Test(arguments: ["\u{A0}", "\u{200B}", "\"", "<", "|", ")", ",", ";", "`", " #", "”", "\t", "\u{1}"])
  func `no parameter is lost`(character: String) throws {
    for tail in ["&digits=8", "&amp;DIGITS=8", "&#38;digits=8"] {
      let text = "otpauth://totp/a?secret=\(Self.secret)&issuer=A\(character)B\(tail)"
      let report = try read(text)
      #expect(report.accounts.allSatisfy { $0.factor.digits == .eight && $0.label.issuer == "A\(character)B" })
      #expect(report.accounts.count + report.refused.count == 1)
    }
    let quoted = try read("\"otpauth://totp/a?secret=\(Self.secret)&issuer=A\"\"B&digits=8\",pw")
    #expect(quoted.accounts.map(\.factor.digits) == [.eight])
  }

  @Test func `text that is not UTF-8 is refused, and not cut`() throws {
    let text = Array("otpauth://totp/a?secret=\(Self.secret)&issuer=Gr".utf8) + [0xF6, 0xDF] + Array("e\n".utf8)
    let report = try Interchange.read(
      SecretBytes(copying: text.span), as: nil, name: "", passphrase: ImportPassphrase { nil })
    #expect(report.accounts.isEmpty && report.refused.map(\.reason) == ["the parameter issuer is not UTF-8"])
  }

  @Test(arguments: [" ", ",", ", ", "\r", "\r\n", "\n", "\t", ";", " and ", "\",\"", "|", "\u{A0}", "<br>", "&#10;"])
  func `several are several`(separator: String) throws {
    let second = "OTPAUTH://totp/Shop:ben?secret=\(Self.secret)&issuer=Shop", third = "steam://\(Self.secret)"
    let text = [Self.uri, second, third].joined(separator: separator)
    // A word between them goes with the one before it, which cannot tell it from a name.
    let issuer = separator == " and " ? "Shop and" : "Shop"
    #expect(try titles(text) == ["\(issuer)|ann", "\(issuer)|ben", "Steam|"])
  }

  @Test(arguments: ["", "#", "<html><body>", "  </p> ", "# otpauth://totp/a?secret=GEZDGNBV", "\u{A0}", "  # x"])
  func `no entry`(line: String)
    throws
  {
    #expect(try titles(line).isEmpty)
  }

  @Test(arguments: [
    "otpauth", "otpauth:totp/a", "otpauth:/", "notsteam://GEZDGNBV", "steam:GEZDGNBV", "s", "o", "otpauth:/x", "<",
    "<a", "a>",
  ])
  func `no URI`(line: String) throws {
    #expect(try titles(line) == ["refused line 1"])
  }

  @Test func `entries are called after their lines, and by their place on one`() throws {
    let bad = "otpauth://totp/x?secret=1"
    let report = try read("\(bad)\n\n\(bad) \(bad)\rnothing\r\n\(bad)")
    #expect(report.refused.map(\.entry) == ["line 1", "line 3", "line 3, URI 2", "line 4", "line 5"])
  }

  @Test func `Steam's secret is joined to no word`() throws {
    #expect(try titles("steam://\(Self.secret) GITHUB") == ["refused line 1"])
  }

  // One account where one is meant.

  private func one(_ text: String) throws -> String {
    let account = try AccountText.read(Array(text.utf8).span) { secret in
      try OTPAccount(label: OTPAuthLabel(issuer: nil, account: "bare"), factor: .totp(.standard), secret: secret)
    }
    return account.label.title
  }

  @Test func `a bare secret, or what import reads`() throws {
    #expect(try one(" \(Self.secret)\n") == "bare")
    #expect(try one("\u{FEFF}\(Self.secret)\r\n") == "bare")
    #expect(try one("\"\(Self.uri)\"\n") == "Shop:ann")
    #expect(try one("# a comment\n\n\(Self.uri)\n") == "Shop:ann")
    #expect(try one("steam://\(Self.secret)") == "Steam")
    #expect(
      try one("otpauth-migration://offline?data=CicKFBzd7DSsFXqmfpbKaIa7dsNmO2RjEgNhbm4aBFNob3AgASgBMAIQARgBIAA=")
        .hasSuffix("ann"))
  }

  @Test(arguments: [
    ("§\n§\n", "2 accounts where one is meant"), ("§ §2", "2 accounts where one is meant"),
    ("§\nGITHUB\n", "it holds no otpauth URI"),
    ("http://totp/a?secret=GEZDGNBV", "scheme"), ("otpauth:/x://", "scheme"), ("otpauth://totp/a?secret=1", "base32"),
  ]) func `more than one, and none`(pattern: String, reason: String) {
    let text = pattern.replacing("§2", with: "otpauth://totp/b?secret=\(Self.secret)").replacing("§", with: Self.uri)
    #expect { _ = try one(text) } throws: { "\($0)".contains(reason) && !"\($0)".contains(Self.secret) }
  }

  @Test func `a URI is told from a secret in both encodings`() throws {
    let little = ("\u{FEFF}" + Self.uri).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try AccountText.isURI(little.span) && AccountText.isURI(Array("a://".utf8).span))
    #expect(try !AccountText.isURI(Array(Self.secret.utf8).span) && !AccountText.isURI(Array("a:/".utf8).span))
  }
}
