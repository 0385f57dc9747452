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
  ) throws -> Account {
    let label = OTPAuthLabel(issuer: issuer, account: user ?? "")
    guard OTPAuthURI.looksLikeURI(text) else {
      return try Account(label: label, factor: factor(), secret: secret(text))
    }
    let uri = try OTPAuthURI(parsing: text)
    let isSteam = text.extracting(text.rangeWithoutOuterSpace).begins(withScheme: "steam://")
    let isUnnamed = uri.label.account.isEmpty
    return try Account(
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
