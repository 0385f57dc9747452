internal import OATH

/// The parameters of an action, read one after the other; what is wrong with them is told together, as IAM tells it.
package struct Parameters {
  /// What a text has to be.
  package struct Constraint: Sendable {
    var minimum = 0
    var maximum = Int.max
    /// As the message shows it.
    var pattern: String?
    var allows: @Sendable (Unicode.Scalar) -> Bool = { _ in true }
    /// What else the pattern asks of the whole.
    var isWellFormed: @Sendable (String) -> Bool = { _ in true }

    func fits(_ scalars: String.UnicodeScalarView) -> Bool {
      scalars.allSatisfy(allows) && isWellFormed(String(scalars))
    }

    /// Whether a text is all of it.
    package func holds(_ text: String) -> Bool {
      let scalars = text.unicodeScalars
      return (minimum...maximum).contains(scalars.count) && fits(scalars)
    }

    /// A text of whatever kind.
    package static var any: Self { Self() }
  }

  private let form: QueryForm
  private var failures: [String] = []

  package init(_ form: QueryForm) { self.form = form }

  private mutating func fail(_ path: String, _ constraint: String) {
    failures.append("Value at '\(path)' failed to satisfy constraint: \(constraint)")
  }

  /// A text that must be there; empty where something is wrong with it, which ``check()`` then tells.
  package mutating func required(_ name: String, _ constraint: Constraint) -> String {
    guard let value = optional(name, constraint) else {
      fail(name.loweringFirst, "Member must not be null")
      return ""
    }
    return value
  }

  package mutating func optional(_ name: String, _ constraint: Constraint) -> String? {
    guard let value = form[name] else { return nil }
    validate(value, name.loweringFirst, constraint)
    return value
  }

  private mutating func validate(_ value: String, _ path: String, _ constraint: Constraint) {
    let scalars = value.unicodeScalars
    if scalars.count > constraint.maximum {
      fail(path, "Member must have length less than or equal to \(constraint.maximum)")
    }
    if scalars.count < constraint.minimum {
      fail(path, "Member must have length greater than or equal to \(constraint.minimum)")
    }
    if let pattern = constraint.pattern,
      !constraint.fits(scalars) || scalars.isEmpty && pattern.hasSuffix("+")
    {
      fail(path, "Member must satisfy regular expression pattern: \(pattern)")
    }
  }

  package mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = form[name] else { return nil }
    let path = name.loweringFirst
    // More digits than a number holds are a number all the same.
    guard let value = Int(text) ?? (text.utf8.allSatisfy(\.isASCIIDigit) && !text.isEmpty ? .max : nil) else {
      fail(path, "Member must be a number")
      return nil
    }
    if value > range.upperBound { fail(path, "Member must have value less than or equal to \(range.upperBound)") }
    if value < range.lowerBound { fail(path, "Member must have value greater than or equal to \(range.lowerBound)") }
    return value
  }

  package mutating func bool(_ name: String) -> Bool? {
    switch form[name] {
    case nil: return nil
    case "true": return true
    case "false": return false
    default:
      fail(name.loweringFirst, "Member must be true or false")
      return nil
    }
  }

  package mutating func choice(_ name: String, _ values: [String]) -> String? {
    guard let value = form[name] else { return nil }
    if !values.contains(value) {
      fail(name.loweringFirst, "Member must satisfy enum value set: [\(values.joined(separator: ", "))]")
    }
    return value
  }

  package mutating func tags(isRequired: Bool = false) -> [(key: String, value: String)] {
    if isRequired, form.members(of: "Tags").isEmpty { fail("tags", "Member must not be null") }
    return form.members(of: "Tags").enumerated().map { index, member in
      let path = "tags.\(index + 1).member."
      let key = member["Key"], value = member["Value"]
      if key == nil { fail(path + "key", "Member must not be null") }
      if value == nil { fail(path + "value", "Member must not be null") }
      validate(key ?? "x", path + "key", .tagKey)
      validate(value ?? "", path + "value", .tagValue)
      return (key ?? "", value ?? "")
    }
  }

  package mutating func tagKeys() -> [String] {
    let members = form.members(of: "TagKeys")
    if members.isEmpty { fail("tagKeys", "Member must not be null") }
    if members.count > 50 { fail("tagKeys", "Member must have length less than or equal to 50") }
    return members.enumerated().map { index, member in
      let key = member[""] ?? ""
      validate(key, "tagKeys.\(index + 1).member", .tagKey)
      return key
    }
  }

  /// - Throws: one error that tells of all that was wrong.
  package func check() throws(QueryError) {
    guard !failures.isEmpty else { return }
    let count = failures.count == 1 ? "1 validation error detected" : "\(failures.count) validation errors detected"
    throw QueryError(400, "ValidationError", "\(count): \(failures.joined(separator: "; "))")
  }
}

extension Parameters.Constraint {
  @Sendable private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", "_": true
    default: false
    }
  }
  @Sendable private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    isWord(scalar) || "+=,.@-".unicodeScalars.contains(scalar)
  }
  private static let namePattern = "[\\w+=,.@-]+"

  package static var newUserName: Self { Self(minimum: 1, maximum: 64, pattern: namePattern, allows: isNameCharacter) }
  package static var userName: Self { Self(minimum: 1, maximum: 128, pattern: namePattern, allows: isNameCharacter) }
  package static var deviceName: Self { Self(minimum: 1, maximum: 226, pattern: namePattern, allows: isNameCharacter) }
  package static var serialNumber: Self {
    Self(minimum: 9, maximum: 256, pattern: "[\\w+=/:,.@-]+") { isNameCharacter($0) || $0 == "/" || $0 == ":" }
  }
  package static var code: Self { Self(minimum: 6, maximum: 6, pattern: "[\\d]+") { ("0"..."9").contains($0) } }
  package static var path: Self { Self(minimum: 1, maximum: 512) }
  package static var pathPrefix: Self {
    Self(minimum: 1, maximum: 512, pattern: "\\u002F[\\u0021-\\u007F]*") { scalar in
      (0x21...0x7F).contains(scalar.value)
    } isWellFormed: { prefix in
      prefix.hasPrefix("/")
    }
  }
  package static var policyARN: Self { Self(minimum: 20, maximum: 2048) }
  package static var password: Self {
    Self(minimum: 1, maximum: 128, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+") { scalar in
      (0x20...0xFF).contains(scalar.value) || [0x09, 0x0A, 0x0D].contains(scalar.value)
    }
  }
  package static var marker: Self {
    // AWS's model has 320; ours hold the last key of a page, and so may be longer.
    Self(minimum: 1, maximum: 1100)
  }
  package static var accessKeyID: Self { Self(minimum: 16, maximum: 128, pattern: "[\\w]+", allows: isWord) }
  package static var accountAlias: Self {
    Self(minimum: 3, maximum: 63, pattern: "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$") { scalar in
      ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
    } isWellFormed: { alias in
      !alias.hasPrefix("-") && !alias.hasSuffix("-") && !alias.contains("--")
    }
  }
  package static var tagKey: Self { Self(minimum: 1, maximum: 128, pattern: tagPattern + "+", allows: isTagCharacter) }
  package static var tagValue: Self { Self(maximum: 256, pattern: tagPattern + "*", allows: isTagCharacter) }

  private static let tagPattern = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]"

  @Sendable private static func isTagCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spaceSeparator,
      .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: "_.:/=+-@".unicodeScalars.contains(scalar)
    }
  }
}

extension String {
  /// `UserName` as IAM's messages write it: `userName`.
  fileprivate var loweringFirst: String { prefix(1).lowercased() + dropFirst() }
}
