/// Who a secret belongs to: the path of an otpauth URI and its `issuer` parameter.
public struct OTPAuthLabel: Sendable, Hashable {
  /// The service; nil where none is named.
  public let issuer: String?
  /// The account at the service.
  public let account: String

  /// Spaces around either are dropped (the key URI format lets them stand after the colon), an empty issuer is none.
  public init(issuer: String?, account: String) {
    let issuer = issuer.map(Self.trimmed) ?? ""
    self.issuer = issuer.isEmpty ? nil : issuer
    self.account = Self.trimmed(account)
  }

  /// `ISSUER:ACCOUNT`, or whichever of the two there is: how the account is called.
  public var title: String {
    guard let issuer else { return account }
    return account.isEmpty ? issuer : "\(issuer):\(account)"
  }

  private static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars.drop { $0 == " " }
    guard let last = scalars.lastIndex(where: { $0 != " " }) else { return "" }
    return String(scalars[...last])
  }

  /// As the path of a URI: `ISSUER:ACCOUNT`, a colon inside either written `%3A`. An account that holds a colon and has
  /// no issuer gets a bare colon in front, since the first `%3A` would otherwise be read as the separator.
  var path: String {
    let account = PercentEncoding.encode(account, keeping: "@")
    guard let issuer else { return account.contains("%3A") ? ":" + account : account }
    return PercentEncoding.encode(issuer) + ":" + account
  }

  /// The label of an entry whose name may begin with its issuer: an identical prefix alone is stripped.
  package init(issuer: String?, prefixedAccount account: String) {
    let rest = issuer.flatMap { $0.isEmpty ? nil : account.withoutPrefix($0 + ":") }
    self.init(issuer: issuer, account: rest ?? account)
  }

  /// Reads a path: strips a prefix equal to the `issuer` parameter, else splits at the first bare colon, else at the
  /// first `%3A`. The parameter wins over the prefix.
  /// - Parameter formDecodedIssuer: the parameter with each `+` read as a space. A prefix equal to it shows that its
  ///   writer meant spaces.
  init(path: Span<UInt8>, issuerParameter: String?, formDecodedIssuer: String?) throws(OATHError) {
    let decoded = try PercentEncoding.decode(path, what: "the label")
    for case let issuer? in [issuerParameter, formDecodedIssuer] {
      guard let account = decoded.withoutPrefix(issuer + ":") else { continue }
      self.init(issuer: issuer, account: account)
      return
    }
    let prefix: String?, account: String
    if let colon = path.firstIndex(of: UInt8(ascii: ":")) {
      prefix = try PercentEncoding.decode(path.extracting(first: colon), what: "the label")
      account = try PercentEncoding.decode(path.extracting((colon + 1)...), what: "the label")
    } else if let colon = decoded.utf8.firstIndex(of: UInt8(ascii: ":")) {
      prefix = String(decoding: decoded.utf8[..<colon], as: UTF8.self)
      account = String(decoding: decoded.utf8[colon...].dropFirst(), as: UTF8.self)
    } else {
      (prefix, account) = (nil, decoded)
    }
    self.init(issuer: issuerParameter ?? prefix, account: account)
  }
}

extension String {
  /// The rest after a prefix of the same bytes; nil where it begins otherwise.
  fileprivate func withoutPrefix(_ prefix: String) -> String? {
    guard utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }
}
