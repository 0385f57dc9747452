internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// TOTP Authenticator's backup (`.encrypt`): base64 of AES-256-CBC without a salt, an IV or a check. Inside is an object whose
/// first name is a list of texts, each the JSON of an entry.
enum TOTPAuthenticator {
  static func recognises(_ name: String) -> Bool { name.lowercased().hasSuffix(".encrypt") }

  static func read(_ file: borrowing SecretBytes, passphrase: borrowing SecretBytes) throws -> ImportReport {
    let sealed = try file.withBytes { try Base64.decode($0) }
    let hash = try passphrase.withBytes { (bytes) throws(CryptoError) in try SHA256.hash(bytes) }
    let json = try ImportPassphrase.openingUnauthenticated(
      sealed.withBytes { $0.array }, iv: [UInt8](repeating: 0, count: 16), key: SecretBytes(copying: hash.span))
    guard let list = json.members?.first?.key, let texts = try? JSONValue(parsing: Array(list.utf8).span).elements
    else {
      throw ImportError.broken("the file is no backup of TOTP Authenticator")
    }
    var report = ImportReport()
    for (index, text) in texts.enumerated() {
      let entry = (try? JSONValue(parsing: text.secretString() ?? SecretBytes(count: 0) { _ in })) ?? text
      report.add(entryName(index, entry["issuer"]?.string ?? entry["name"]?.string)) {
        try account(EntryFields(object: entry))
      }
    }
    return report
  }

  private static func account(_ entry: EntryFields) throws -> OTPAccount {
    let secret: SecretBytes
    switch try entry.number("base") {
    case 16: secret = try entry.secretText("key").withBytes { try SecretBytes(hexadecimal: $0) }
    case 32: secret = try entry.base32("key")
    case 64: secret = try entry.secretText("key").withBytes { try Base64.decode($0) }
    default: throw EntryError("its base is not 16, 32 or 64")
    }
    return try OTPAccount(
      label: OTPAuthLabel(issuer: entry.text("issuer"), account: entry.text("name") ?? ""),
      factor: entry.totp(algorithm: "algorithm", digits: "digits", period: "period"), secret: secret)
  }
}
