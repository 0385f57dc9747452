internal import OpenSSLCrypto

// Read by hand rather than with a URL type: the label's bare and encoded colons must be told apart, the secret must
// not pass through a string, and raw spaces and UTF-8, which other programs write, are forgiven.
extension OTPAuthURI {
  /// The longest text that is read, in bytes.
  public static let maximumReadByteCount = 16_384

  /// Whether `text` claims to be an otpauth URI, so that a bare secret can be told from one.
  public static func looksLikeURI(_ text: Span<UInt8>) -> Bool {
    let text = text.extracting(text.rangeWithoutOuterWhiteSpace)
    return (0..<text.count).contains { index in
      index + 2 < text.count && text[index] == UInt8(ascii: ":") && text[index + 1] == UInt8(ascii: "/")
        && text[index + 2] == UInt8(ascii: "/")
    }
  }

  /// Reads a URI. Scheme, type and algorithm are taken in any case, parameter names as written in the format;
  /// white space around the URI is dropped.
  /// - Throws: ``OATHError``: which part is wrong and what belongs there, never the secret.
  public init(parsing text: Span<UInt8>) throws(OATHError) {
    let text = text.extracting(text.rangeWithoutOuterWhiteSpace)
    guard text.count <= Self.maximumReadByteCount else {
      throw .malformedURI("an otpauth URI of more than \(Self.maximumReadByteCount) bytes is not taken")
    }
    for index in text.indices where text[index].isASCIIControl {
      throw .malformedURI("the URI holds a control character")
    }
    guard text.firstIndex(of: UInt8(ascii: "#")) == nil else {
      throw .malformedURI("the URI holds a bare #, which is written %23")
    }
    let scheme = "otpauth://"
    guard text.count >= scheme.utf8.count, Self.lowercased(text.extracting(first: scheme.utf8.count)) == scheme else {
      throw .malformedURI("the scheme of the URI must be otpauth: it begins with otpauth://")
    }
    let rest = text.extracting(scheme.utf8.count...)
    let query = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.count
    guard let slash = rest.extracting(first: query).firstIndex(of: UInt8(ascii: "/")) else {
      throw .malformedURI("the URI has no label: it reads otpauth://TYPE/LABEL?secret=…")
    }
    let type = Self.lowercased(rest.extracting(first: slash))
    guard ["totp", "hotp", "steam"].contains(type) else {
      throw .malformedURI("the type of the URI must be totp, hotp or steam")
    }

    var fields = try Fields(query: rest.extracting(min(query + 1, rest.count)...))
    let label = try OTPAuthLabel(path: rest.extracting((slash + 1)..<query), issuerParameter: fields.take("issuer"))
    let factor = try fields.takeFactor(type: type)
    guard let secret = fields.secret.take() else { throw .malformedURI("the URI has no secret") }
    try self.init(secret: secret, label: label, factor: factor, unknownParameters: fields.rest)
  }

  private static func lowercased(_ bytes: Span<UInt8>) -> String {
    var text = ""
    for index in bytes.indices { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
    return text.lowercased()
  }
}

/// The parameters of a URI, each at most once; what is not asked for is left in ``rest``.
private struct Fields: ~Copyable {
  var secret: SecretBytes?
  private(set) var rest: [OTPAuthURI.Parameter] = []
  private static let names = ["secret", "issuer", "algorithm", "digits", "period", "counter"]

  init(query: Span<UInt8>) throws(OATHError) {
    secret = nil
    var start = 0
    while start < query.count {
      let end = query.firstIndex(of: UInt8(ascii: "&"), from: start) ?? query.count
      if end > start { try add(query.extracting(start..<end)) }
      start = end + 1
    }
  }

  private mutating func add(_ field: Span<UInt8>) throws(OATHError) {
    let equals = field.firstIndex(of: UInt8(ascii: "=")) ?? field.count
    let name = try PercentEncoding.decode(field.extracting(first: equals), what: "the name of a parameter")
    let value = field.extracting(min(equals + 1, field.count)...)
    // A name that is not ours may be anything, a secret in the wrong place included: it is not repeated in errors.
    let shown = Self.names.contains(name) ? "the parameter \(name)" : "a parameter"
    let isRepeated = name == "secret" ? secret != nil : rest.contains { $0.name == name }
    guard !isRepeated else { throw .malformedURI("the URI has \(shown) two times") }
    if name == "secret" {
      secret = try Self.decodeSecret(value)
    } else {
      rest.append(.init(name: name, value: try PercentEncoding.decode(value, what: shown)))
    }
  }

  private static func decodeSecret(_ value: Span<UInt8>) throws(OATHError) -> SecretBytes {
    let text = try PercentEncoding.decodeSecret(value, what: "the secret")
    return try text.withBytes { text throws(OATHError) in try Base32.decode(text, .lenient) }
  }

  mutating func take(_ name: String) -> String? {
    rest.firstIndex { $0.name == name }.map { rest.remove(at: $0).value }
  }

  mutating func takeFactor(type: String) throws(OATHError) -> OTPAuthURI.Factor {
    if type == "steam" {
      // Steam's parameters are fixed; writers repeat them, and others would be a mistake.
      for (name, value) in [("algorithm", "SHA1"), ("digits", "5"), ("period", "30")] {
        guard take(name).map({ $0.uppercased() == value }) ?? true else {
          throw .malformedURI("the parameter \(name) of a steam URI is \(value)")
        }
      }
      return .steam
    }
    let algorithm = try take("algorithm").map { (name) throws(OATHError) in try HashAlgorithm(named: name) } ?? .sha1
    let digits =
      try takeNumber("digits").map { (count) throws(OATHError) in
        try Digits(count: Int(clamping: count))
      } ?? .six
    if type == "totp" {
      let period = try takeNumber("period") ?? UInt64(TOTPParameters.standard.period)
      return .totp(try TOTPParameters(algorithm: algorithm, digits: digits, period: Int64(clamping: period)))
    }
    guard let counter = try takeNumber("counter") else { throw .malformedURI("a hotp URI needs a counter") }
    return .hotp(algorithm: algorithm, digits: digits, counter: counter)
  }

  /// A parameter that is a number: ASCII digits only, since `Int` would also take a sign.
  private mutating func takeNumber(_ name: String) throws(OATHError) -> UInt64? {
    guard let text = take(name) else { return nil }
    guard text.utf8.allSatisfy(\.isASCIIDigit), let number = UInt64(text) else {
      throw .malformedURI("the parameter \(name) is not a number")
    }
    return number
  }
}
