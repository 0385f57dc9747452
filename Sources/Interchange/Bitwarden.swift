internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// Bitwarden's export: JSON, plain or under a password of its own, and CSV.
enum Bitwarden: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool {
    if file["encrypted"]?.bool == true { return true }
    guard let items = file["items"]?.elements else { return false }
    return items.isEmpty || file["folders"] != nil || items.contains { $0["login"] != nil }
  }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard file["encrypted"]?.bool == true else { return try read(items: file) }
    guard file["passwordProtected"]?.bool == true else {
      throw ImportError.unsupported(
        "this export is encrypted for one Bitwarden account: export again as plain JSON, or protected by a password")
    }
    guard file["kdfType"]?.integer == 0 else {
      throw ImportError.unsupported(
        "this export uses Argon2id, which libcrypto 3.0 lacks: export again as plain JSON, or with the KDF set to PBKDF2"
      )
    }
    return try read(items: JSONValue(parsing: BitwardenCipher(file).open(passphrase: passphrase.get())))
  }

  private static func read(items file: JSONValue) throws -> ImportReport {
    guard let items = file["items"]?.elements else { throw ImportError.broken("the file is no export of Bitwarden") }
    var report = ImportReport()
    for (index, item) in items.enumerated() {
      let name = entryName(index, item["name"]?.string), kind = item["login"]?["totp"]?.kind
      guard item.kind == .object, kind == nil || kind == .null || kind == .string else {
        report.refuse(name, item.kind == .object ? "its totp is no text" : "it is no object")
        continue
      }
      guard let totp = item["login"]?["totp"]?.secretString(), totp.count > 0 else {
        report.skip(name, "it holds no OTP secret")
        continue
      }
      let (issuer, user) = (item["name"]?.string, item["login"]?["username"]?.string)
      report.add(name) { try totp.withBytes { try OTPField.account($0, issuer: issuer, user: user) } }
    }
    return report
  }
}

/// The password-protected export: PBKDF2, HKDF-Expand, AES-256-CBC, HMAC-SHA-256.
private struct BitwardenCipher {
  private let file: JSONValue
  init(_ file: JSONValue) { self.file = file }

  func open(passphrase: borrowing SecretBytes) throws -> SecretBytes {
    guard let salt = file["salt"]?.string, let iterations = file["kdfIterations"]?.integer,
      let check = file["encKeyValidation_DO_NOT_EDIT"]?.string, let data = file["data"]?.string
    else { throw ImportError.broken("the export lacks what it needs to be opened") }
    guard (1...10_000_000).contains(iterations) else {
      throw ImportError.broken("the export's iterations are out of range")
    }
    // The salt is the text as it stands, not what it encodes.
    let key = try PBKDF2.deriveKey(
      from: passphrase, salt: Array(salt.utf8), hash: .sha256, iterations: Int(iterations), count: 32)
    let encryption = try expand(key, "enc"), authentication = try expand(key, "mac")
    _ = try open(check, encryption: encryption, authentication: authentication)
    do { return try open(data, encryption: encryption, authentication: authentication) } catch ImportError
      .wrongPassphrase
    {
      throw ImportError.broken("the export is damaged: its passphrase is right, and its data does not open")
    }
  }

  /// HKDF-Expand (RFC 5869) to one block.
  private func expand(_ key: borrowing SecretBytes, _ info: String) throws -> SecretBytes {
    var mac = try HMAC(.sha256, key: key)
    let message = Array(info.utf8) + [1]
    return try mac.withAuthenticationCode(of: message.span) { SecretBytes(copying: $0) }
  }

  /// `2.iv|ciphertext|mac`.
  private func open(
    _ text: String, encryption: borrowing SecretBytes, authentication: borrowing SecretBytes
  ) throws -> SecretBytes {
    let parts = text.split(separator: "|")
    guard text.hasPrefix("2."), parts.count == 3 else { throw ImportError.broken("the export is of an unknown kind") }
    let iv = try Base64.bytes(parts[0].dropFirst(2)), sealed = try Base64.bytes(parts[1]),
      tag = try Base64.bytes(parts[2])
    var mac = try HMAC(.sha256, key: authentication)
    let message = iv + sealed
    let isAuthentic = try mac.withAuthenticationCode(of: message.span) { ConstantTime.equal($0, tag.span) }
    guard isAuthentic else { throw ImportError.wrongPassphrase }
    return try AESCBC.open(sealed, iv: iv, key: encryption)
  }
}
