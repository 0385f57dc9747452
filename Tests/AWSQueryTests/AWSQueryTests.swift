import OATH
import OpenSSLCrypto
import Testing

@testable import AWSQuery

@Suite struct SignatureV4Tests {
  /// The worked example of the AWS General Reference, "Signature Version 4 signing process": ListUsers in the query string.
  private func example(signature: String, query: String = "Action=ListUsers&Version=2010-05-08") -> SignedRequest {
    let scope = "20150830/us-east-1/iam/aws4_request"
    let headers = [
      "authorization":
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(scope), SignedHeaders=content-type;host;x-amz-date, Signature=\(signature)",
      "content-type": "application/x-www-form-urlencoded; charset=utf-8", "x-amz-date": "20150830T123600Z",
    ]
    return SignedRequest(method: "GET", host: "iam.amazonaws.com", query: Substring(query), body: []) { name in
      headers[name].map { [$0] } ?? []
    }
  }

  private static let published = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"

  private func matches(_ request: SignedRequest) throws -> Bool {
    let secret = Array("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".utf8)
    return try SignatureV4(of: request, query: QueryForm()).matches(request, secret: SecretBytes(copying: secret.span))
  }

  @Test func `the published example matches, in whatever order its parameters come`() throws {
    #expect(try matches(example(signature: Self.published)))
    #expect(try matches(example(signature: Self.published, query: "Version=2010-05-08&Action=ListUsers")))
    #expect(try matches(example(signature: Self.published, query: "Version=2010%2D05-08&Action=List%55sers")))
  }

  @Test func `anything else does not`() throws {
    #expect(try !matches(example(signature: String(Self.published.dropLast()) + "8")))
    #expect(try !matches(example(signature: Self.published, query: "Action=ListUsers&Version=2010-05-09")))
    #expect(try !matches(example(signature: Self.published, query: "Action=ListUsers&Version=2010-05-08&A=")))
    // A header that is said to be signed, and was not sent.
    #expect(try !matches(example(["content-type": []])))
  }

  /// The example with other headers: a name without a value is one that is not sent.
  private func example(_ changed: [String: [String]]) -> SignedRequest {
    let plain = example(signature: Self.published)
    return SignedRequest(
      method: "GET", host: "iam.amazonaws.com", query: "Action=ListUsers&Version=2010-05-08", body: []
    ) {
      changed[$0] ?? plain.headers($0)
    }
  }

  @Test(arguments: ["authorization", "x-amz-date", "x-amz-security-token"])
  func `a header that says who signed, or when, stands once`(name: String) throws {
    let plain = example(signature: Self.published), given = plain.headers(name).first ?? "t"
    for second in [given, "", "Basic eDp5"] {
      #expect(throws: QueryError.incomplete("The header \(name) stands twice; which one is meant?")) {
        try SignatureV4(of: example([name: [given, second]]), query: QueryForm())
      }
    }
  }

  @Test(arguments: [";host;x-amz-date", "host;;x-amz-date", "host;x-amz-date;", "", ";"])
  func `no name of a signed header is empty`(names: String) throws {
    let plain = example(signature: Self.published).headers("authorization")[0]
    let given = plain.replacing("content-type;host;x-amz-date", with: names)
    #expect { try SignatureV4(of: example(["authorization": [given]]), query: QueryForm()) } throws: { error in
      (error as? QueryError)?.code == "IncompleteSignature"
    }
  }

  @Test func `fifteen minutes of skew, either way`() throws {
    let request = example(signature: Self.published), signed = UnixTime.epoch.advanced(by: 1_440_938_160)
    let signature = try SignatureV4(of: request, query: QueryForm())
    #expect(signature.time == signed)
    for offset in [-900, 0, 900] as [Int64] { try signature.check(for: "iam", at: signed.advanced(by: offset)) }
    for offset in [-901, 901, 86_400] as [Int64] {
      #expect(throws: QueryError.self) { try signature.check(for: "iam", at: signed.advanced(by: offset)) }
    }
    #expect(throws: QueryError.self) { try signature.check(for: "sts", at: signed) }
  }
}

@Suite struct QueryFormTests {
  private func form(_ text: String) throws -> QueryForm { try QueryForm(parsing: Array(text.utf8)) }

  @Test func `fields are decoded, and lists put in order`() throws {
    let form = try form(
      "A=x+y%2Bz&B&Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.1.Value=%C3%A9&Keys.member.1=k")
    #expect(form["A"] == "x y+z" && form["B"]?.isEmpty == true && form["C"] == nil)
    #expect(form.members(of: "Tags") == [["Key": "a", "Value": "é"], ["Key": "b"]])
    #expect(form.members(of: "Keys") == [["": "k"]])
    // A number of a member is one from 1 on.
    #expect(try self.form("K.member.0=a&K.member.x=b&K.member.-1=c&K.member.2=d").members(of: "K") == [["": "d"]])
  }

  @Test(arguments: ["%", "a=%4", "a=%zz", "a=%ff", "a=%00"]) func `what is malformed is refused`(text: String) {
    #expect(throws: QueryForm.Failure.malformed) { try form(text) }
  }

  @Test func `as many as there may be`() throws {
    #expect(try form((0..<250).map { "a\($0)" }.joined(separator: "&")).fields.count == 250)
    #expect(try form("a=%41%7a")["a"] == "Az")
  }

  @Test func `twice, or too many, is refused`() {
    #expect(throws: QueryForm.Failure.duplicate("a")) { try form("a=1&%61=2") }
    #expect(throws: QueryForm.Failure.tooMany) {
      try form((0...QueryForm.maximumCount).map { "a\($0)" }.joined(separator: "&"))
    }
  }
}

@Suite struct XMLTextTests {
  @Test func `elements, groups and lists`() {
    var xml = XMLText()
    xml.element("A", "x")
    xml.element("B", nil)
    xml.element("C", true)
    xml.element("D", false)
    xml.element("E", 7)
    xml.group("G") { $0.raw("<R/>") }
    xml.list("L", ["1", "2"]) { $0.element("I", $1) }
    #expect(
      xml.text
        == "<A>x</A><C>true</C><D>false</D><E>7</E><G><R/></G><L><member><I>1</I></member><member><I>2</I></member></L>"
    )
  }

  @Test func `what XML cannot hold becomes the replacement character`() {
    #expect(
      XMLText.escaped("a\u{1F}b\u{FFFE}c\u{FFFF}d\u{20}e\u{FFFD}\tf") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d e\u{FFFD}\tf")
  }

  @Test func `nothing that a client sends is markup`() {
    #expect(XMLText.escaped("<a b=\"c\">&\u{1}\r\n") == "&lt;a b=&quot;c&quot;&gt;&amp;\u{FFFD}&#xD;\n")
  }
}
