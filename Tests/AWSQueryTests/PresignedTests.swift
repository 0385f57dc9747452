import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@testable import AWSQuery

/// Signatures in the query string, made here by hand after "Create a signed AWS API request" of the IAM user guide.
@Suite struct PresignedTests {
  private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
  private static let scope = "20150830/us-east-1/sts/aws4_request"
  private static let signed = UnixTime.epoch.advanced(by: 1_440_938_160)

  private static func mac(_ key: [UInt8], _ text: String) throws -> [UInt8] {
    var mac = try HMAC(.sha256, key: SecretBytes(copying: key.span))
    return try mac.withAuthenticationCode(of: Array(text.utf8).span) { span in span.indices.map { span[$0] } }
  }

  private static let standard = [
    "Action": "GetCallerIdentity", "Version": "2011-06-15", "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIDEXAMPLE/" + scope, "X-Amz-Date": "20150830T123600Z", "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
  ]

  private static func encoded(_ fields: [String: String]) -> String {
    fields.sorted { $0.key < $1.key }.map { name, value in
      "\(name)=\(PercentEncoding.encode(Array(value.utf8)))"
    }.joined(separator: "&")
  }

  private static func request(_ query: String) -> SignedRequest {
    SignedRequest(method: "GET", host: "sts.example", query: Substring(query), body: []) { _ in [] }
  }

  /// A request whose query string is signed as a client would.
  private static func signed(_ fields: [String: String]) throws -> String {
    let query = encoded(fields), empty: [UInt8] = []
    let canonical = ["GET", "/", query, "host:sts.example", "", "host", try SHA256.hash(empty.span).hexadecimal]
    let hash = try SHA256.hash(Array(canonical.joined(separator: "\n").utf8).span).hexadecimal
    var key = Array("AWS4\(secret)".utf8)
    for part in ["20150830", "us-east-1", "sts", "aws4_request"] { key = try mac(key, part) }
    let text = "AWS4-HMAC-SHA256\n\(fields["X-Amz-Date"] ?? "")\n\(scope)\n\(hash)"
    return query + "&X-Amz-Signature=" + (try mac(key, text)).hexadecimal
  }

  private func signature(_ query: String) throws -> SignatureV4 {
    try SignatureV4(of: Self.request(query), query: QueryForm(parsing: Array(query.utf8)))
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? QueryError)?.code }
  }

  @Test func `a signed query string matches, and is good until it expires`() throws {
    let query = try Self.signed(Self.standard), signature = try signature(query)
    let secret = { (text: String) in SecretBytes(copying: Array(text.utf8).span) }
    #expect(try signature.matches(Self.request(query), secret: secret(Self.secret)))
    #expect(try !signature.matches(Self.request(query), secret: secret("another")))
    #expect(try !signature.matches(Self.request(query + "&A=b"), secret: secret(Self.secret)))
    #expect(signature.expiry == 60 && signature.sessionToken == nil && signature.service == "sts")
    for offset in [-900, 0, 60] as [Int64] { try signature.check(for: "sts", at: Self.signed.advanced(by: offset)) }
    for offset in [-901, 61] as [Int64] {
      #expect(throws: QueryError.self) { try signature.check(for: "sts", at: Self.signed.advanced(by: offset)) }
    }
  }

  @Test func `times are written as signatures write them`() {
    #expect(Self.signed.compact == "20150830T123600Z")
  }

  @Test func `words of the query are signed in one spelling`() throws {
    let query = try Self.signed(Self.standard.merging(["Note": "a b"]) { $1 })
    let secret = SecretBytes(copying: Array(Self.secret.utf8).span)
    for spelt in [query, query.replacing("a%20b", with: "a+b"), query.replacing("Note", with: "%4Eote")] {
      #expect(try signature(spelt).matches(Self.request(spelt), secret: secret), "\(spelt)")
    }
  }

  @Test(arguments: [
    ("1", true), ("604800", true), ("0", false), ("604801", false), ("-1", false), ("x", false), ("", false),
  ])
  func `how long it may be good`(text: String, isGood: Bool) throws {
    let query = try Self.signed(Self.standard.merging(["X-Amz-Expires": text]) { $1 })
    #expect(code { _ = try signature(query) } == (isGood ? nil : "IncompleteSignature"))
  }

  @Test func `without a time it is good for a quarter of an hour`() throws {
    let signature = try signature(Self.signed(Self.standard.filter { $0.key != "X-Amz-Expires" }))
    #expect(signature.expiry == 900)
  }

  @Test(arguments: ["X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Signature"])
  func `all of its parameters are there`(name: String) throws {
    let query = try Self.signed(Self.standard).split(separator: "&").filter { !$0.hasPrefix(name + "=") }
    #expect(code { _ = try signature(query.joined(separator: "&")) } == "IncompleteSignature")
  }

  @Test(arguments: [
    ("X-Amz-Algorithm", "AWS4-HMAC-SHA1"), ("X-Amz-Credential", "a/b/c/d"), ("X-Amz-Credential", "a/b/c/d/aws4"),
    ("X-Amz-Credential", "a//c/d/aws4_request"), ("X-Amz-Credential", "a/b/c/d/e/aws4_request"),
    ("X-Amz-Credential", "é/b/c/d/aws4_request"), ("X-Amz-Credential", "a:/b/c/d/aws4_request"),
    ("X-Amz-Credential", String(repeating: "a", count: 129) + "/b/c/d/aws4_request"), ("X-Amz-Date", "20150830T123600"),
    ("X-Amz-Date", "20150830X123600Z"), ("X-Amz-Date", "20150830T123600z"), ("X-Amz-Date", "2015083aT123600Z"),
    ("X-Amz-Date", "20150830T12360aZ"), ("X-Amz-Date", "20151330T123600Z"), ("X-Amz-SignedHeaders", "host;"),
  ])
  func `what is no signature is refused before a key is looked up`(name: String, value: String) throws {
    let query = try Self.signed(Self.standard.merging([name: value]) { $1 })
    #expect(code { _ = try signature(query) } == "IncompleteSignature")
  }

  @Test func `a credential's longest part, and a signature of another length`() throws {
    let long = String(repeating: "a", count: 128)
    let query = try Self.signed(Self.standard.merging(["X-Amz-Credential": "\(long)/b-1_2/c/d/aws4_request"]) { $1 })
    #expect(try signature(query).accessKeyID == long)
    #expect(code { _ = try signature(query + "00") } == "SignatureDoesNotMatch")
    #expect(code { _ = try signature(String(query.dropLast())) } == "SignatureDoesNotMatch")
  }

  @Test func `what is not signed, or signed twice, is told`() throws {
    #expect(code { _ = try signature("Action=X") } == "MissingAuthenticationToken")
    let both = SignedRequest(method: "GET", host: "h", query: nil, body: []) {
      $0 == "authorization" ? ["AWS4-HMAC-SHA256 x"] : []
    }
    #expect(
      code { _ = try SignatureV4(of: both, query: QueryForm(parsing: Array("X-Amz-Algorithm=x".utf8))) }
        == "IncompleteSignature")
    // The date of the scope, and the header Host, are a part of what is signed.
    for (name, value) in [("X-Amz-Date", "20150831T000100Z"), ("X-Amz-SignedHeaders", "accept")] {
      let query = try Self.signed(Self.standard.merging([name: value]) { $1 })
      #expect(code { try signature(query).check(for: "sts", at: Self.signed) } == "SignatureDoesNotMatch")
    }
    for names in ["host;accept", "host;host", "accept;host;x-a"] {
      let query = try Self.signed(Self.standard.merging(["X-Amz-SignedHeaders": names]) { $1 })
      let refused = names == "accept;host;x-a" ? nil : "SignatureDoesNotMatch"
      #expect(code { try signature(query).check(for: "sts", at: Self.signed) } == refused, "\(names)")
    }
  }
}

/// The header `Authorization`.
@Suite struct AuthorizationHeaderTests {
  private func code(
    _ authorization: String?, date: String? = "20150830T123600Z", token: String? = nil,
    names: String = "host;x-amz-date"
  )
    -> String?
  {
    let headers = ["authorization": authorization, "x-amz-date": date, "x-amz-security-token": token]
    let request = SignedRequest(method: "POST", host: "h", query: nil, body: []) { name in
      headers[name].flatMap { $0 }.map { [$0] } ?? []
    }
    do throws(QueryError) {
      try SignatureV4(of: request, query: QueryForm()).check(for: "iam", at: .epoch.advanced(by: 1_440_938_160))
    } catch { return error.code }
    return nil
  }

  private func header(_ names: String) -> String {
    "AWS4-HMAC-SHA256 Credential=AK/20150830/us-east-1/iam/aws4_request, SignedHeaders=\(names), Signature="
      + String(repeating: "0", count: 64)
  }

  @Test func `its parts`() {
    #expect(code(header("host;x-amz-date")) == nil)
    #expect(code(header("host;x-amz-date").replacing(", ", with: ",   ")) == nil)
    #expect(code(header("host;x-amz-date"), date: nil) == "IncompleteSignature")
    #expect(code(nil) == "MissingAuthenticationToken" && code("Bearer x") == "MissingAuthenticationToken")
    #expect(code("AWS4-HMAC-SHA1 x") == "IncompleteSignature")
    for broken in [
      header("host;x-amz-date").replacing("AK/", with: "AK//"),
      header("host;x-amz-date").replacing("/aws4_request", with: "/aws4_request/"),
      "AWS4-HMAC-SHA256 Credential", "AWS4-HMAC-SHA256 A=1, A=1", "AWS4-HMAC-SHA256 Credential=x, Signature=y",
    ] {
      #expect(code(broken) == "IncompleteSignature", "\(broken)")
    }
  }

  @Test func `the date, and the token of a session, are signed`() {
    #expect(code(header("host")) == "SignatureDoesNotMatch" && code(header("x-amz-date")) == "SignatureDoesNotMatch")
    #expect(code(header("x-amz-date;host")) == "SignatureDoesNotMatch")
    #expect(code(header("host;x-amz-date"), token: "t") == "SignatureDoesNotMatch")
    #expect(code(header("host;x-amz-date;x-amz-security-token"), token: "t") == nil)
  }
}
