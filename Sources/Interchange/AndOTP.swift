internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// andOTP's backup, plain or encrypted (both layouts; neither has a mark of its own).
enum AndOTP: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool {
    file.hasEntry(with: "secret", "type", "label")
  }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let entries = file.elements else { throw ImportError.broken("the file is no backup of andOTP") }
    var report = ImportReport()
    report.add(entries, name: { $0.text("label") }, account)
    return report
  }

  private static func account(_ entry: EntryFields) throws -> OTPAccount {
    let factor = try entry.factor(
      type: "type", algorithm: "algorithm", digits: "digits", period: "period", counter: "counter")
    return try OTPAccount(label: label(entry), factor: factor, secret: entry.base32("secret"))
  }

  /// Old files have no issuer, and `Issuer - Name` for a label.
  private static func label(_ entry: EntryFields) -> OTPAuthLabel {
    let label = entry.text("label") ?? ""
    if entry.object["issuer"] == nil, let dash = label.firstRange(of: " - ") {
      return OTPAuthLabel(issuer: String(label[..<dash.lowerBound]), account: String(label[dash.upperBound...]))
    }
    return OTPAuthLabel(issuer: entry.text("issuer"), prefixedAccount: label)
  }

  /// Encrypted backups have no mark of their own; but the newer ones begin with iterations that andOTP draws from a
  /// narrow range. The older ones are random from the first byte on: `--format andotp` says what they are.
  static func beginsLikeEncrypted(_ file: Span<UInt8>) -> Bool {
    guard file.count > 28 + AESGCM.tagByteCount else { return false }
    return (140_000...160_000).contains((0..<4).reduce(0) { $0 << 8 | Int(file[$1]) })
  }

  /// Opens what is no JSON and might be an encrypted backup: iterations, salt, nonce, ciphertext and tag; or, from
  /// before that, nonce, ciphertext and tag under the hash of the passphrase.
  static func open(_ file: borrowing SecretBytes, passphrase: borrowing SecretBytes) throws -> JSONValue {
    let bytes = file.withBytes { $0.array }
    let iterations = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    if (1_000...10_000_000).contains(iterations), bytes.count > 28 + AESGCM.tagByteCount {
      let key = try PBKDF2.deriveKey(
        from: passphrase, salt: Array(bytes[4..<16]), hash: .sha1, iterations: iterations, count: 32)
      if let text = try? ImportPassphrase.opening(Array(bytes[28...]), nonce: Array(bytes[16..<28]), key: key) {
        return try JSONValue(parsing: text)
      }
    }
    guard bytes.count > 12 + AESGCM.tagByteCount else { throw ImportError.unrecognised }
    let hash = try passphrase.withBytes { try SHA256.hash($0) }
    return try JSONValue(
      parsing: ImportPassphrase.opening(
        Array(bytes[12...]), nonce: Array(bytes[..<12]), key: SecretBytes(copying: hash.span)))
  }
}
