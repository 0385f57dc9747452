internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// FreeOTP+'s JSON backup: secrets are arrays of signed bytes, and a stored counter is the one before the next.
enum FreeOTPPlus {
  static func recognises(_ file: JSONValue) -> Bool { file["tokens"]?.kind == .array && file["tokenOrder"] != nil }

  static func read(_ file: JSONValue) throws -> ImportReport {
    guard let tokens = file["tokens"]?.elements else { throw ImportError.broken("the file is no export of FreeOTP+") }
    var report = ImportReport()
    for (index, token) in tokens.enumerated() {
      report.add(entryName(index, token["label"]?.string)) { try account(EntryFields(object: token)) }
    }
    return report
  }

  private static func account(_ token: EntryFields) throws -> Account {
    let issuer = token.text("issuerExt") ?? token.text("issuerInt")
    let factor: OTPAuthURI.Factor =
      switch (token.text("type") ?? "").uppercased() {
      case "TOTP" where issuer == "Steam": .steam
      case "TOTP": try token.totp(algorithm: "algo", digits: "digits", period: "period")
      case "HOTP": try token.hotp(algorithm: "algo", digits: "digits", counter: "counter", offset: 1)
      default: throw EntryError("its type is neither TOTP nor HOTP")
      }
    return try Account(
      label: OTPAuthLabel(issuer: issuer, account: token.text("label") ?? ""), factor: factor, secret: secret(token))
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
