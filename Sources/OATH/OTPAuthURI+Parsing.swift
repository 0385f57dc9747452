internal import OpenSSLCrypto

// Read by hand rather than with a URL type: the label's bare and encoded colons must be told apart, the secret must
// not pass through a string, and raw spaces and UTF-8, which other programs write, are forgiven.
extension OTPAuthURI {
  /// The longest text that is read, in bytes.
  public static let maximumReadByteCount = 16_384

  /// Whether `text` claims to be a URI, so that a bare secret can be told from one.
  public static func looksLikeURI(_ text: Span<UInt8>) -> Bool {
    text.indices.contains { index in
      index + 2 < text.count && text[index] == UInt8(ascii: ":") && text[index + 1] == UInt8(ascii: "/")
        && text[index + 2] == UInt8(ascii: "/")
    }
  }

  /// Reads a URI: `otpauth://TYPE/LABEL?PARAMETERS`, or `steam://SECRET`.
  ///
  /// Scheme, type, algorithm and the names of parameters are taken in any case. White space around the URI is dropped, and
  /// entities of markup are replaced. An empty parameter is an absent one, the same value twice is one.
  /// - Throws: ``OATHError``: which part is wrong and what belongs there, never the secret.
  public init(parsing text: Span<UInt8>) throws(OATHError) {
    let text = text.extracting(text.rangeWithoutOuterSpace)
    guard text.count <= Self.maximumReadByteCount else {
      throw .malformedURI("an otpauth URI of more than \(Self.maximumReadByteCount) bytes is not taken")
    }
    if let decoded = MarkupEntity.decoded(text) {
      self = try decoded.withBytes { (text) throws(OATHError) in
        try OTPAuthURI(unescaped: text.extracting(text.rangeWithoutOuterSpace))
      }
    } else {
      try self.init(unescaped: text)
    }
  }

  private init(unescaped text: Span<UInt8>) throws(OATHError) {
    for index in text.indices where text[index].isASCIIControl {
      throw .malformedURI("the URI holds a control character")
    }
    guard text.firstIndex(of: UInt8(ascii: "#")) == nil else {
      throw .malformedURI("the URI holds a bare #, which is written %23")
    }
    let holdsAnother = text.indices.dropFirst().contains { index in
      let rest = text.extracting(index...)
      return rest.begins(withScheme: "otpauth://") || rest.begins(withScheme: "otpauth-migration://")
    }
    guard !holdsAnother else { throw .malformedURI("there is another URI in the URI") }
    if text.begins(withScheme: "steam://") {
      try self.init(steamSecret: text.extracting("steam://".utf8.count...))
    } else if text.begins(withScheme: "otpauth://") {
      try self.init(afterScheme: text.extracting("otpauth://".utf8.count...))
    } else {
      throw .malformedURI("the scheme of the URI must be otpauth: it begins with otpauth://")
    }
  }

  /// Bitwarden's and Proton's way to write a Steam account, which has no label.
  private init(steamSecret text: Span<UInt8>) throws(OATHError) {
    let secret = try PercentEncoding.decodeSecret(text, what: "the secret")
    try self.init(
      secret: secret.withBytes { (text) throws(OATHError) in try Base32.decodeOne(text) },
      label: OTPAuthLabel(issuer: "Steam", account: ""), factor: .steam)
  }

  private init(afterScheme rest: Span<UInt8>) throws(OATHError) {
    let query = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.count
    let slash = rest.extracting(first: query).firstIndex(of: UInt8(ascii: "/")) ?? query
    guard let kind = Kind(rawValue: rest.extracting(first: slash).lowercased) else {
      throw .malformedURI("the type of the URI must be totp, hotp or steam")
    }
    var fields = try OTPAuthParameters(query: rest.extracting(min(query + 1, rest.count)...))
    let issuer = fields.takeIssuer()
    let label = try OTPAuthLabel(
      path: rest.extracting(min(slash + 1, query)..<query), issuerParameter: issuer?.plain,
      formDecodedIssuer: issuer?.formDecoded)
    let factor = try fields.takeFactor(kind, issuer: label.issuer)
    guard let secret = fields.secret else { throw .malformedURI("the URI has no secret") }
    try self.init(secret: secret.bytes.copy(), label: label, factor: factor, unknownParameters: fields.rest)
  }

  /// The host of a URI.
  enum Kind: String { case totp, hotp, steam }
}

extension Span<UInt8> {
  /// The bytes as ASCII in lower case; others stand for the characters of Latin-1.
  var lowercased: String {
    var text = ""
    for index in indices { text.unicodeScalars.append(Unicode.Scalar(self[index])) }
    return text.lowercased()
  }

  /// Whether the text begins with a scheme, in any case.
  package func begins(withScheme scheme: StaticString) -> Bool {
    let length = scheme.utf8CodeUnitCount
    guard count >= length else { return false }
    return scheme.withUTF8Buffer { scheme in
      (0..<length).allSatisfy { place in
        let byte = unsafe scheme[place]
        return self[place] == byte || self[place] | 0x20 == byte && byte >= UInt8(ascii: "a")
      }
    }
  }
}
