internal import OpenSSLCrypto

/// The parameters of a URI, each once; what is not asked for is left in ``rest``.
struct OTPAuthParameters {
  /// The key, decoded.
  private(set) var secret: SharedSecret?
  /// Parameters that nobody asked for.
  private(set) var rest: [OTPAuthURI.Parameter] = []
  /// The issuer with each `+` read as a space.
  private var formDecodedIssuer: String?

  private static let names: Set = ["secret", "issuer", "algorithm", "digits", "period", "counter", "encoder"]
  /// Other programs' names for parameters of the format.
  private static let otherNames = [
    "algo": "algorithm", "alg": "algorithm", "hash": "algorithm", "digest": "algorithm", "digit": "digits",
    "interval": "period", "timestep": "period",
  ]
  /// Parameters that would change the codes, in ways that are not supported.
  private static let unsupported: Set = ["t0", "epoch", "offset", "pin"]

  /// All names that this type understands, in lower case.
  static let understood = names.union(otherNames.keys).union(unsupported)

  /// - Throws: ``OATHError`` for a parameter with two values, one that cannot be decoded, and one that would change the
  ///   codes in a way that is not supported.
  init(query: Span<UInt8>) throws(OATHError) {
    var start = 0
    while start < query.count {
      let end = query.firstIndex(of: UInt8(ascii: "&"), from: start) ?? query.count
      if end > start { try add(query.extracting(start..<end)) }
      start = end + 1
    }
  }

  private mutating func add(_ field: Span<UInt8>) throws(OATHError) {
    let equals = field.firstIndex(of: UInt8(ascii: "=")) ?? field.count
    let written = try PercentEncoding.decode(field.extracting(first: equals), what: "the name of a parameter")
    let name = Self.name(of: written), value = field.extracting(min(equals + 1, field.count)...)
    if name == "secret" { return try add(secret: value) }
    // A name that is not ours may be anything, a secret in the wrong place included: it is not repeated in errors.
    let isKnown = Self.names.contains(name) || Self.unsupported.contains(name)
    let shown = isKnown ? "the parameter \(name)" : "a parameter"
    let text = try PercentEncoding.decode(value, what: shown)
    if isKnown, text.isEmpty { return }
    // A value that swallowed the next parameter would leave that one at its default.
    if isKnown, value.holdsParameter { throw .malformedURI("the parameters of the URI are not separated by &") }
    if Self.unsupported.contains(name), text != "0" {
      throw .malformedURI("the URI has \(shown), which is not supported")
    }
    if let before = rest.first(where: { $0.name == name }) {
      guard before.value == text, equals < field.count else {
        throw .malformedURI("the URI has \(shown) two times, with different values")
      }
      return
    }
    rest.append(.init(name: name, value: text))
    if name == "issuer" {
      let spaced = value.array.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
      formDecodedIssuer = try PercentEncoding.decode(spaced.span, what: shown)
    }
  }

  /// The format's name of a parameter that is written in any case; others stay as they are.
  private static func name(of written: String) -> String {
    let trimmed = written.lowercased().filter { !$0.isWhitespace }
    // An entity that lost its semicolon.
    let unescaped = trimmed.hasPrefix("amp") ? String(trimmed.dropFirst(3)) : trimmed
    let lower = understood.contains(trimmed) ? trimmed : unescaped, name = otherNames[lower] ?? lower
    return names.contains(name) || unsupported.contains(name) ? name : written
  }

  private mutating func add(secret value: Span<UInt8>) throws(OATHError) {
    guard value.count > 0 else { return }
    let found = try Self.decodeSecret(value)
    let isSame = secret.map { known in
      known.bytes.withBytes { known in found.withBytes { ConstantTime.equal(known, $0) } }
    }
    guard isSame ?? true else {
      throw .malformedURI("the URI has the parameter secret two times, with different values")
    }
    secret = SharedSecret(found)
  }

  private static func decodeSecret(_ value: Span<UInt8>) throws(OATHError) -> SecretBytes {
    if let space = value.firstIndex(of: UInt8(ascii: " ")), space > Base32.longestGroup {
      throw .malformedURI("there is a word beside the secret of the URI: it is not joined to it")
    }
    let text = try PercentEncoding.decodeSecret(value, what: "the secret")
    return try text.withBytes { text throws(OATHError) in try Base32.decode(text, .lenient) }
  }

  /// Takes the issuer, as it is written and with each `+` read as a space.
  mutating func takeIssuer() -> (plain: String, formDecoded: String)? {
    take("issuer").map { ($0, formDecodedIssuer ?? $0) }
  }

  private mutating func take(_ name: String) -> String? {
    rest.firstIndex { $0.name == name }.map { rest.remove(at: $0).value }
  }

  /// Takes what moves the codes on.
  /// - Throws: ``OATHError`` for a value that is not understood: a default in its place would give wrong codes.
  mutating func takeFactor(_ kind: OTPAuthURI.Kind, issuer: String?) throws(OATHError) -> OTPAuthURI.Factor {
    if try takeIsSteam(kind, issuer: issuer) { return .steam }
    let algorithm = try take("algorithm").map { (name) throws(OATHError) in try HashAlgorithm(named: name) } ?? .sha1
    let digits =
      try takeNumber("digits").map { (count) throws(OATHError) in
        try Digits(count: Int(clamping: count))
      } ?? .six
    if kind == .totp {
      let period = try takeNumber("period") ?? UInt64(TOTPParameters.standard.period)
      return .totp(try TOTPParameters(algorithm: algorithm, digits: digits, period: Int64(clamping: period)))
    }
    guard let counter = try takeNumber("counter") else { throw .malformedURI("a hotp URI needs a counter") }
    return .hotp(algorithm: algorithm, digits: digits, counter: counter)
  }

  /// Whether the codes are Steam's: by the type, by KeePassXC's `encoder`, or by the five digits that WinAuth writes for the
  /// issuer Steam. Steam's parameters are fixed: writers repeat them, and others would be a mistake.
  private mutating func takeIsSteam(_ kind: OTPAuthURI.Kind, issuer: String?) throws(OATHError) -> Bool {
    let encoder = take("encoder")?.lowercased()
    guard encoder == nil || encoder == "steam" && kind != .hotp else {
      throw .malformedURI("the parameter encoder is steam, in a totp URI, or it is left out")
    }
    let isFiveOfSteam =
      kind == .totp && issuer?.lowercased() == "steam"
      && rest.contains { $0.name == "digits" && UInt64(digits: $0.value) == 5 }
    guard kind == .steam || encoder != nil || isFiveOfSteam else { return false }
    if let name = take("algorithm"), (try? HashAlgorithm(named: name)) != .sha1 {
      throw .malformedURI("the parameter algorithm of a steam URI is SHA1")
    }
    for (name, value) in [("digits", UInt64(5)), ("period", 30)] {
      guard try takeNumber(name) ?? value == value else {
        throw .malformedURI("the parameter \(name) of a steam URI is \(value)")
      }
    }
    return true
  }

  /// A parameter that is a number.
  private mutating func takeNumber(_ name: String) throws(OATHError) -> UInt64? {
    guard let text = take(name) else { return nil }
    guard let number = UInt64(digits: text) else {
      throw .malformedURI("the parameter \(name) is not a number")
    }
    return number
  }
}

extension Span<UInt8> {
  /// Whether a parameter begins behind a comma or a semicolon.
  fileprivate var holdsParameter: Bool {
    indices.contains { index in
      let isSeparator = self[index] == UInt8(ascii: ",") || self[index] == UInt8(ascii: ";")
      return isSeparator && extracting((index + 1)...).beginsWithParameter
    }
  }

  /// Whether the text begins with the name of a parameter that is understood, and an equals sign.
  package var beginsWithParameter: Bool {
    var name = ""
    for index in indices {
      if self[index] == UInt8(ascii: "=") { return OTPAuthParameters.understood.contains(name) }
      guard name.utf8.count < 16 else { return false }
      if self[index] != UInt8(ascii: " ") { name.unicodeScalars.append(Unicode.Scalar(self[index] | 0x20)) }
    }
    return false
  }
}
