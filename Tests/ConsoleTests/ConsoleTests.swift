import Foundation
import HTTPTypes
import OATH
import ServiceHTTP
import Testing

@testable import Console

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
