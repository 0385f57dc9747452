internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// FreeOTP+'s JSON backup: secrets are arrays of signed bytes, and a stored counter is the one before the next.
enum FreeOTPPlus: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool { file["tokens"]?.kind == .array && file["tokenOrder"] != nil }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let tokens = file["tokens"]?.elements else { throw ImportError.broken("the file is no export of FreeOTP+") }
    var report = ImportReport()
    report.add(tokens, name: { $0.text("label") }, account)
    return report
  }

  /// A token of FreeOTP+, or of FreeOTP 1, which has the same fields.
  static func account(_ token: EntryFields) throws -> OTPAccount {
    let issuer = token.text("issuerExt") ?? token.text("issuerInt")
    let isSteam = issuer == "Steam" && token.text("type")?.uppercased() == "TOTP"
    let factor =
      try isSteam
      ? .steam
      : token.factor(
        type: "type", algorithm: "algo", digits: "digits", period: "period", counter: "counter", counterOffset: 1)
    return try OTPAccount(
      label: OTPAuthLabel(issuer: issuer, prefixedAccount: token.text("label") ?? ""), factor: factor,
      secret: secret(token))
  }

  private static func secret(_ token: EntryFields) throws -> SecretBytes {
    let numbers = try (token.object["secret"]?.elements ?? []).map { element in
      guard let number = element.integer, let byte = Int8(exactly: number) else {
        throw EntryError("its secret is no list of bytes")
      }
      return UInt8(bitPattern: byte)
    }
    return SecretBytes(copying: numbers.span)
  }
}
