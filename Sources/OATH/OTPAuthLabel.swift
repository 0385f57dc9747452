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

  /// Reads a path: strips a prefix equal to the `issuer` parameter, else splits at the first bare colon, else at the
  /// first `%3A`. The parameter wins over the prefix.
  init(path: Span<UInt8>, issuerParameter: String?) throws(OATHError) {
    let decoded = try PercentEncoding.decode(path, what: "the label")
    let issuerParameter = issuerParameter?.isEmpty == true ? nil : issuerParameter
    if let issuerParameter,
      decoded.utf8.starts(with: Array((issuerParameter + ":").utf8))
    {
      let account = decoded.utf8.dropFirst(issuerParameter.utf8.count + 1)
      self.init(issuer: issuerParameter, account: String(decoding: account, as: UTF8.self))
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
