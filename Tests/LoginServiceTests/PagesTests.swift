import Accounts
internal import Foundation
import HTTPTypes
import OATH
import Testing
import Verifier

@testable import LoginService

@Suite struct ReturnPathTests {
  @Test(arguments: ["/", "/users", "/users/a%2Fb?x=1&y=2", "/a/../b", "/?x"])
  func `paths of this host are kept`(text: String) { #expect(ReturnPath(text).text == text) }

  @Test(arguments: [
    nil, "", "users", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example",
    "javascript:alert(1)", "/\r\nX: y", "/\t/evil.example", "/a b", "/é", "/\u{0}",
    "/" + String(repeating: "x", count: 2000),
  ])
  func `everything else leads to the front page`(text: String?) { #expect(ReturnPath(text).text == "/") }

  @Test func `it is handed on whole`() {
    #expect(ReturnPath("/a?b=c&d=e").leading(from: "/mfa") == "/mfa?return_to=%2Fa%3Fb%3Dc%26d%3De")
    #expect(ReturnPath("/").leading(from: "/mfa") == "/mfa")
  }
}

@Suite struct AttemptLimitsTests {
  private let now = UnixTime.epoch.advanced(by: 300 * 1000)

  @Test func `a name has ten tries in five minutes, and an address sixty`() {
    let limits = AttemptLimits(), name = [AttemptLimits.Subject.name("alice")]
    for _ in 0..<10 { #expect(limits.admit(name, at: now) == nil) }
    #expect(limits.admit(name, at: now.advanced(by: 1)) == 299)
    #expect(limits.admit([.name("bob")], at: now) == nil)
    #expect(limits.admit([.owner("alice")], at: now) == nil)
    limits.forgive(name)
    #expect(limits.admit(name, at: now) == nil)
    #expect(limits.admit(name, at: now.advanced(by: 300)) == nil)
    let address = AttemptLimits.Subject.address("a"), later = now.advanced(by: 600)
    for index in 0..<60 { #expect(limits.admit([address, .name("n\(index)")], at: later) == nil) }
    #expect(limits.admit([address, .name("carol")], at: later) == 300)
    #expect(limits.admit([.address("b"), .name("carol")], at: later) == nil)
  }

  @Test func `of whatever five minutes, no more than ten tries`() {
    let limits = AttemptLimits()
    let bob = [AttemptLimits.Subject.name("bob")]
    #expect(limits.admit(bob, at: now) == nil)
    for _ in 0..<9 { #expect(limits.admit(bob, at: now.advanced(by: 290)) == nil) }
    #expect(limits.admit(bob, at: now.advanced(by: 310)) == nil)
    #expect(limits.admit(bob, at: now.advanced(by: 320)) == 270)
    #expect(limits.admit(bob, at: now.advanced(by: 589)) == 1)
    for _ in 0..<9 { #expect(limits.admit(bob, at: now.advanced(by: 590)) == nil) }
    #expect(limits.admit(bob, at: now.advanced(by: 590)) == 20)
    // One that was on its way for a while takes nothing back.
    #expect(limits.admit(bob, at: now.advanced(by: 580)) == 20)
    #expect(limits.admit([.name("nobody")] + bob, at: now.advanced(by: 590)) == 20 && limits.count == 1)
    // A clock that was set back locks nobody for longer.
    #expect(limits.admit(bob, at: now.advanced(by: -3600)) == nil)
  }

  @Test func `a name has one count, however it is spelt`() throws {
    let composed = "Zo\u{EB}", decomposed = "zoe\u{308}"
    let subjects = try [composed, decomposed].map { AttemptLimits.Subject(name: try UserName($0), typed: $0) }
    #expect(subjects[0] == subjects[1])
    // So long that its decomposed spellings have more scalars than a name.
    let long = String(repeating: "\u{E9}", count: 100), spelt = String(repeating: "e\u{301}", count: 100)
    #expect(
      try AttemptLimits.Subject(name: UserName(long), typed: long)
        == AttemptLimits.Subject(name: UserName(spelt), typed: spelt))
    #expect(AttemptLimits.Subject(name: nil, typed: " x") != AttemptLimits.Subject(name: nil, typed: "y"))
    #expect(try AttemptLimits.Subject(name: UserName("x"), typed: "x") == AttemptLimits.Subject(name: nil, typed: "X"))
  }

  @Test func `a try that came to no comparison does not count`() async throws {
    let limits = AttemptLimits(), subjects = [AttemptLimits.Subject.name("a")]
    for error in [AccountError.busy, .wrongPassword] {
      #expect(limits.admit(subjects, at: .epoch) == nil)
      await #expect(throws: error) {
        try await limits.forgivingIfBusy(subjects) { () throws(AccountError) in throw error }
      }
    }
    // Nine more after the one that counted.
    for _ in 0..<9 { #expect(limits.admit(subjects, at: .epoch) == nil) }
    #expect(limits.admit(subjects, at: .epoch) != nil)
  }

  @Test func `an IPv6 network is one address, and what many share is none`() {
    #expect(AttemptLimits.Subject(source: "2001:db8::1") == AttemptLimits.Subject(source: "2001:db8::ffff:1"))
    #expect(AttemptLimits.Subject(source: "2001:db8::1") != AttemptLimits.Subject(source: "2001:db8:0:1::1"))
    #expect(AttemptLimits.Subject(source: "192.0.2.1") != AttemptLimits.Subject(source: "192.0.2.2"))
    for shared in [nil, "127.0.0.1", "::1", "nonsense"] { #expect(AttemptLimits.Subject(source: shared) == nil) }
  }
}

@Suite struct CookiesTests {
  private func request(_ cookies: [String], isEncrypted: Bool = false) -> Incoming {
    var headers = HTTPFields()
    for cookie in cookies { headers.append(HTTPField(name: .cookie, value: cookie)) }
    return Incoming(
      id: "", method: .get, target: "/", query: nil, headers: headers, host: nil, body: [], source: nil,
      isEncrypted: isEncrypted, time: .epoch)
  }

  @Test func `one cookie of a name is read, of two none`() {
    #expect(Cookies.value(of: .session, in: request(["a=b; vmfa-session=x.y; c=d"])) == "x.y")
    #expect(Cookies.value(of: .session, in: request(["a=b", "vmfa-session=x"])) == "x")
    #expect(Cookies.value(of: .session, in: request(["vmfa-session=x; vmfa-session=y"])) == nil)
    #expect(Cookies.value(of: .session, in: request(["xvmfa-session=x"])) == nil)
    #expect(Cookies.value(of: .session, in: request([])) == nil)
  }

  @Test func `under TLS only what TLS has set counts`() {
    let both = ["vmfa-session=x; __Host-vmfa-session=y"]
    #expect(Cookies.value(of: .session, in: request(both, isEncrypted: true)) == "y")
    #expect(Cookies.value(of: .session, in: request(both)) == "x")
    let header = Cookies.header(setting: .session, to: "x", isEncrypted: true)
    #expect(header.value == "__Host-vmfa-session=x; Path=/; HttpOnly; SameSite=Strict; Secure")
  }
}

@Suite struct PageTemplatesTests {
  @Test func `what people typed is escaped, in text and in attributes`() throws {
    let evil = "\"><script>alert('x')</script>&"
    let field = Field(name: "user", label: evil, value: evil, hint: evil, error: evil)
    let form = PageForm(action: evil, submit: evil, fields: [field], hidden: ["return_to": evil])
    let bytes = try PageTemplates().page(
      "step", ["title": evil, "issuer": evil, "alert": evil, "lines": [evil], "form": form.view(token: "t")])
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("<script>alert") && !text.contains(evil))
    #expect(text.contains("&lt;script&gt;"))
  }

  @Test func `an error is tied to its field, and typing begins there`() throws {
    let fields = [Field(name: "a", label: "A"), Field.code("b", "B", hint: "H", error: "E", of: [])]
    let bytes = try PageTemplates().page(
      "step",
      ["title": "T", "issuer": "I", "form": PageForm(action: "/", submit: "S", fields: fields).view(token: "t")])
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.contains(
        #"inputmode="numeric" class="code" data-code="" required autofocus aria-describedby="b-hint b-error" aria-invalid="true""#
      ))
    #expect(text.components(separatedBy: "autofocus").count == 2)
  }

  @Test(arguments: [(1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (61, "2 minutes"), (7200, "2 hours")])
  func `waits are told as people tell them`(seconds: Int64, text: String) { #expect(seconds.asWait == text) }
}
