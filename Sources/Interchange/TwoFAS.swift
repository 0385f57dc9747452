internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// 2FAS's backup (`.2fas`), schema 1 to 4.
enum TwoFAS: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool {
    file["services"]?.kind == .array && (file["schemaVersion"] != nil || file["appOrigin"] != nil)
  }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    if let sealed = file["servicesEncrypted"]?.string, !sealed.isEmpty {
      return try read(JSONValue(parsing: open(sealed, passphrase: passphrase.get())))
    }
    if let kind = file["servicesEncrypted"]?.kind, kind != .null, kind != .string {
      throw ImportError.broken("the backup's servicesEncrypted is no text")
    }
    return try read(file["services"])
  }

  private static func read(_ services: JSONValue?) throws -> ImportReport {
    guard let services = services?.elements else { throw ImportError.broken("the backup holds no services") }
    var report = ImportReport()
    for (index, service) in services.enumerated() {
      let name = service["name"]?.string ?? service["otp"]?["issuer"]?.string
      report.add(entryName(index, name)) { try account(service) }
    }
    return report
  }

  private static func account(_ service: JSONValue) throws -> OTPAccount {
    guard let otp = service["otp"].map(EntryFields.init), otp.object.kind == .object else {
      throw EntryError("it has no otp")
    }
    let name = otp.text("account") ?? otp.text("label")
    // An issuer that is there and empty is none, unless nothing else names the account.
    let isNamed = otp.object["issuer"]?.string != nil && name != nil
    let issuer = otp.text("issuer") ?? (isNamed ? nil : service["name"]?.string)
    let factor = try otp.factor(
      type: "tokenType", algorithm: "algorithm", digits: "digits", period: "period", counter: "counter",
      standardType: "TOTP")
    return try OTPAccount(
      label: OTPAuthLabel(issuer: issuer, prefixedAccount: name ?? ""), factor: factor,
      secret: EntryFields(object: service).base32("secret"))
  }

  private static let iterations = 10_000

  /// Both as ``open(_:passphrase:)`` reads them: under one key, each with a nonce of its own.
  static func seal(
    _ services: borrowing SecretBytes, _ reference: [UInt8], under passphrase: borrowing SecretBytes
  ) throws -> (services: String, reference: String) {
    let salt = try SecureRandom.bytes(count: 256), none: [UInt8] = []
    let key = try PBKDF2.deriveKey(
      from: Passphrase.toSet(passphrase).bytes, salt: salt, hash: .sha256, iterations: iterations, count: 32)
    func text(_ box: AESGCM.SealedBox) -> String {
      [box.ciphertext + box.tag, salt, box.nonce].map { part in
        Base64.encode(part.span).withBytes { $0.string(in: 0..<$0.count) }
      }.joined(separator: ":")
    }
    let sealed = try services.withBytes { try AESGCM.seal($0, key: key, associatedData: none.span) }
    return (text(sealed), text(try AESGCM.seal(reference.span, key: key, associatedData: none.span)))
  }

  /// `servicesEncrypted`: ciphertext and tag, salt, and nonce, each in base64.
  private static func open(_ sealed: String, passphrase: borrowing SecretBytes) throws -> SecretBytes {
    let parts = try sealed.split(separator: ":").map { try Base64.bytes($0) }
    guard parts.count == 3, parts[0].count > AESGCM.tagByteCount else {
      throw ImportError.broken("the backup is cut off")
    }
    return try Passphrase.trying(passphrase) { spelling in
      let key = try PBKDF2.deriveKey(
        from: spelling.bytes, salt: parts[1], hash: .sha256, iterations: iterations, count: 32)
      return try ImportPassphrase.opening(parts[0], nonce: parts[2], key: key)
    }
  }
}

/// How an entry is called in a report: by its place, and by its name unless that may hold a secret.
func entryName(_ index: Int, _ name: String?) -> String {
  let name = name ?? "", words = name.utf8.split { !Base32.isDigit($0) }
  let isHidden = name.contains("://") || words.contains { $0.count > Base32.longestGroup }
  let shown = isHidden ? "" : String(name.prefix(60))
  return shown.isEmpty ? "entry \(index + 1)" : "entry \(index + 1) (\(shown))"
}

extension Base64 {
  /// For what is no secret.
  static func bytes(_ text: some StringProtocol) throws -> [UInt8] {
    try decode(Array(text.utf8).span).withBytes { $0.array }
  }
}
