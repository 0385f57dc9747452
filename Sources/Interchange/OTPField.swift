internal import OATH
internal import OpenSSLCrypto

/// The field of a password manager that makes codes: a URI, or a bare secret.
enum OTPField {
  /// Reads the field of one entry.
  /// - Parameters:
  ///   - issuer: what the entry calls the service; for what the field itself does not name.
  ///   - user: the user name of the entry, likewise.
  ///   - factor: what moves the codes of a bare secret.
  static func account(
    _ text: Span<UInt8>, issuer: String?, user: String?, factor: () throws -> OTPAuthURI.Factor = { .totp(.standard) }
  ) throws -> OTPAccount {
    let label = OTPAuthLabel(issuer: issuer, account: user ?? "")
    guard OTPAuthURI.looksLikeURI(text) else {
      return try OTPAccount(label: label, factor: factor(), secret: secret(text))
    }
    // The whole field is the URI, or the one that stands in it.
    let whole = text.rangeWithoutOuterSpace, uris = text.uriRanges(in: whole)
    let isWithin = uris.count == 1 && uris[0].lowerBound > whole.lowerBound
    let text = text.extracting(isWithin ? uris[0] : whole), uri = try OTPAuthURI(parsing: text)
    let isSteam = text.begins(withScheme: "steam://")
    let isUnnamed = uri.label.account.isEmpty
    return try OTPAccount(
      label: OTPAuthLabel(
        issuer: isSteam ? label.issuer ?? uri.label.issuer : uri.label.issuer ?? (isUnnamed ? label.issuer : nil),
        account: isUnnamed ? label.account : uri.label.account),
      factor: uri.factor, secret: uri.secret.copy())
  }

  private static func secret(_ text: Span<UInt8>) throws -> SecretBytes {
    let secret = try Base32.decodeOne(text)
    guard secret.count > 0 else { throw EntryError("it has no secret") }
    return secret
  }
}
