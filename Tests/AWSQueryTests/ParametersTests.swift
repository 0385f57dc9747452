import Testing

@testable import AWSQuery

@Suite struct ParametersTests {
  private func parameters(_ fields: [(String, String)]) throws -> Parameters {
    var form = QueryForm()
    for (name, value) in fields { try form.add(name, value) }
    return Parameters(form)
  }

  /// Returns what `body` reads, and IAM's message about it; nil where nothing is wrong.
  private func read<Value>(
    _ fields: [(String, String)], _ body: (inout Parameters) -> Value
  ) throws -> (value: Value, message: String?) {
    var parameters = try parameters(fields)
    let value = body(&parameters)
    do throws(QueryError) { try parameters.check() } catch {
      #expect(error.status == 400 && error.code == "ValidationError")
      return (value, error.message)
    }
    return (value, nil)
  }

  private func message<Value>(_ fields: [(String, String)], _ body: (inout Parameters) -> Value) throws -> String? {
    try read(fields, body).message
  }

  private func failure(_ path: String, _ constraint: String) -> String {
    "1 validation error detected: Value at '\(path)' failed to satisfy constraint: \(constraint)"
  }

  @Test func `lengths, both ends in`() throws {
    for (count, said) in [(1, nil), (64, nil), (65, "Member must have length less than or equal to 64")] {
      let name = String(repeating: "x", count: count)
      let told = try message([("UserName", name)]) { $0.required("UserName", .newUserName) }
      #expect(told == said.map { failure("userName", $0) })
      #expect(Parameters.Constraint.newUserName.holds(name) == (said == nil))
    }
    #expect(!Parameters.Constraint.newUserName.holds("") && Parameters.Constraint.any.holds(""))
    for (count, said) in [
      (5, "Member must have length greater than or equal to 6"), (6, nil),
      (7, "Member must have length less than or equal to 6"),
    ] {
      let code = String(repeating: "1", count: count)
      #expect(
        try message([("TokenCode", code)]) { $0.optional("TokenCode", .code) } == said.map { failure("tokenCode", $0) })
    }
  }

  @Test func `what is missing is told, and all at once`() throws {
    #expect(try read([]) { $0.required("UserName", .userName) } == ("", failure("userName", "Member must not be null")))
    #expect(try read([]) { $0.optional("UserName", .userName) } == (nil, nil))
    let both = try message([]) { parameters in
      [parameters.required("UserName", .userName), parameters.required("Password", .password)]
    }
    #expect(
      both?.hasPrefix("2 validation errors detected: ") == true && both?.contains("; Value at 'password'") == true)
    // An empty text is too short and, for a pattern that wants a character, no text of it.
    let empty = try message([("UserName", "")]) { $0.required("UserName", .userName) }
    #expect(empty?.hasPrefix("2 validation errors") == true)
    #expect(try message([("V", "")]) { $0.optional("V", .tagValue) } == nil)
  }

  @Test(arguments: [
    (Parameters.Constraint.userName, ["a", "Z", "0", "_", "+=,.@-"], [" ", "/", "é", "a b", "a\n"]),
    (.serialNumber, ["arn:aws:iam::1:mfa/a"], ["arn aws:iam::1"]),
    (.code, ["123456"], ["12345a", "12345٣", "12345/", "12345:"]),
    (.pathPrefix, ["/", "/a/", "/\u{21}\u{7F}"], ["a/", "/ ", "/\u{80}", "/\u{20}"]),
    (.password, ["\t\n\r !~\u{FF}"], ["\u{100}", "\u{1F}", "\u{B}"]),
    (.accessKeyID, ["AKIAaz0123456789_"], ["AKIA-0123456789ab", "AKIA+0123456789ab"]),
    (.accountAlias, ["abc", "a-b", "0-9"], ["-abc", "abc-", "a--b", "aBc", "a_c"]),
    (.tagKey, ["a b", "_.:/=+-@", "é", "٣"], ["", "a\t", "a!", "a\u{0}"]),
  ])
  func `patterns`(constraint: Parameters.Constraint, good: [String], bad: [String]) throws {
    for text in good {
      #expect(constraint.holds(text), "\(text.debugDescription)")
      #expect(try message([("P", text)]) { $0.optional("P", constraint) } == nil, "\(text.debugDescription)")
    }
    for text in bad {
      #expect(!constraint.holds(text), "\(text.debugDescription)")
      let told = try message([("P", text)]) { $0.optional("P", constraint) }
      #expect(told?.contains("Member must satisfy regular expression pattern") == true, "\(text.debugDescription)")
    }
  }

  @Test func `numbers, both ends in`() throws {
    for (text, value, said) in [
      ("900", 900, nil), ("129600", 129_600, nil), ("899", 899, "Member must have value greater than or equal to 900"),
      ("129601", 129_601, "Member must have value less than or equal to 129600"), ("x", nil, "Member must be a number"),
      ("", nil, "Member must be a number"),
      ("99999999999999999999", Int.max, "Member must have value less than or equal to 129600"),
      ("9999999999999999999x", nil, "Member must be a number"),
    ] as [(String, Int?, String?)] {
      let told = try read([("DurationSeconds", text)]) { $0.integer("DurationSeconds", in: 900...129_600) }
      #expect(told == (value, said.map { failure("durationSeconds", $0) }), "\(text)")
    }
    #expect(try read([]) { $0.integer("N", in: 1...2) } == (nil, nil))
  }

  @Test func `truth values and choices`() throws {
    for (text, value) in [("true", true), ("false", false)] {
      #expect(try read([("B", text)]) { $0.bool("B") } == (value, nil))
    }
    for text in ["True", "1", ""] {
      #expect(try read([("B", text)]) { $0.bool("B") } == (nil, failure("b", "Member must be true or false")))
    }
    #expect(try read([]) { $0.bool("B") } == (nil, nil))
    #expect(try read([("C", "x")]) { $0.choice("C", ["x", "y"]) } == ("x", nil))
    #expect(
      try message([("C", "z")]) { $0.choice("C", ["x", "y"]) }
        == failure("c", "Member must satisfy enum value set: [x, y]"))
    #expect(try read([]) { $0.choice("C", ["x"]) } == (nil, nil))
  }

  @Test func `tags and their keys`() throws {
    let tag = [("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "")]
    let (tags, told) = try read(tag) { $0.tags(isRequired: true) }
    #expect(tags.map { [$0.key, $0.value] } == [["k", ""]] && told == nil)
    #expect(try read([]) { $0.tags().count } == (0, nil))
    #expect(try message([]) { $0.tags(isRequired: true) } == failure("tags", "Member must not be null"))
    #expect(
      try message(tag + [("Tags.member.2.Key", "l")]) { $0.tags() }
        == failure("tags.2.member.value", "Member must not be null"))
    #expect(
      try message([("Tags.member.1.Value", "v")]) { $0.tags() }
        == failure("tags.1.member.key", "Member must not be null"))
    let keys = { (count: Int) in (0..<count).map { ("TagKeys.member.\($0 + 1)", "k\($0)") } }
    #expect(try read(keys(50)) { $0.tagKeys().count } == (50, nil))
    #expect(
      try message(keys(51)) { $0.tagKeys() } == failure("tagKeys", "Member must have length less than or equal to 50"))
    #expect(try message([]) { $0.tagKeys() } == failure("tagKeys", "Member must not be null"))
    #expect(
      try message([("TagKeys.member.1", "!")]) { $0.tagKeys() }?.contains("'tagKeys.1.member'") == true)
  }
}
