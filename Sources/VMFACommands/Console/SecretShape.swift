/// Tells text that can hold a secret from names, paths and numbers, by its shape.
enum SecretShape {
  /// The parts of a value that no message repeats: all of it, and the secrets within. Empty for a value that can be repeated.
  static func secrets(in value: String) -> [String] {
    let fields = fields(in: value)
    let isSecret = !fields.isEmpty || isURI(value) || isEncoded(value) || hasEncodedWord(value)
    guard isSecret else { return [] }
    // Short ones would be found in half of all words.
    return [value] + fields.filter { $0.count >= 4 }
  }

  /// Whether a value can hold a secret.
  static func mayBeSecret(_ value: String) -> Bool { !secrets(in: value).isEmpty }

  /// The values of fields whose names say what they hold, in a query, a connection string or JSON: `secret=`, `password = `,
  /// `"token":`; with the words behind them, as a password with spaces is often not quoted.
  private static func fields(in value: String) -> [String] {
    let name = /(?:secret|passw(?:or)?d|passphrase|pwd|token|seed)["']?\s*(?:=|:|%3d|%3a)\s*/.ignoresCase()
    return value.matches(of: name).flatMap { match in
      let rest = value[match.range.upperBound...]
      let end = rest.firstMatch(of: /[&#]|\s[A-Za-z_]+\s*=/)?.range.lowerBound ?? rest.endIndex
      return rest[..<end].split { $0.isWhitespace || "'\",;{}".contains($0) }.map(String.init) + [""]
    }
  }

  /// URIs of authenticators, whatever they hold, and those with a password before the host.
  private static func isURI(_ value: String) -> Bool {
    value.firstMatch(
      of: /(?:otpauth|otpauth-migration|steam):|[a-z][a-z0-9+.-]*:\/\/[^\/?#\s]*:[^\/?#\s]*@/.ignoresCase())
      != nil
  }

  /// Base32 of 16 characters and more, whole or in groups of one length; 32 hexadecimal digits and more; 24 characters and
  /// more of which some are capitals, some small letters and some digits, as tokens and keys have them.
  private static func isEncoded(_ value: some StringProtocol) -> Bool {
    let text = String(value)
    let groups = text.split { $0 == " " || $0 == "-" || $0 == "\u{A0}" }
    let isGrouped =
      groups.count > 1 && groups.dropLast().allSatisfy { $0.count == groups[0].count }
      && (groups.last?.count ?? 0) <= groups[0].count && (3...8).contains(groups[0].count)
    let joined = groups.count == 1 || isGrouped ? groups.joined() : text
    return joined.wholeMatch(of: /[A-Za-z2-7]{16,}=*/) != nil || text.wholeMatch(of: /(?:0x)?[0-9A-Fa-f]{32,}/) != nil
      || text.wholeMatch(of: /(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9+]{24,}=*/) != nil
  }

  /// Whether one of several words is. Paths are made of words too, and are repeated.
  private static func hasEncodedWord(_ value: String) -> Bool {
    guard !value.contains("/") else { return false }
    return value.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == ":" || $0 == "=" || $0 == "-" })
      .contains(where: isEncoded)
  }
}
