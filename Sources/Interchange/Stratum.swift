internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// Stratum's backup (Authenticator Pro's before it): JSON, plain or in the older of its two encryptions.
enum Stratum: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool { file["Authenticators"]?.kind == .array }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let entries = file["Authenticators"]?.elements else {
      throw ImportError.broken("the file is no backup of Stratum")
    }
    var report = ImportReport()
    report.add(entries, name: { $0.text("Issuer") }, account)
    return report
  }

  private static func account(_ entry: EntryFields) throws -> OTPAccount {
    let algorithms: [Int64: HashAlgorithm] = [0: .sha1, 1: .sha256, 2: .sha512]
    guard let algorithm = algorithms[try entry.number("Algorithm") ?? 0] else {
      throw EntryError("its Algorithm is not 0, 1 or 2")
    }
    let factor: OTPAuthURI.Factor
    switch try entry.number("Type") {
    case 1:
      factor = .hotp(algorithm: algorithm, digits: try entry.digits("Digits"), counter: try entry.counter("Counter"))
    case 2:
      factor = .totp(
        try TOTPParameters(algorithm: algorithm, digits: entry.digits("Digits"), period: entry.number("Period") ?? 30))
    case 4:
      guard algorithm == .sha1 else { throw EntryError("its Algorithm is not Steam's") }
      factor = try entry.steam(algorithm: "", digits: "Digits", period: "Period")
    case let type: throw EntryError("its Type \(type.map { "\($0)" } ?? "is missing: it") is not supported")
    }
    return try OTPAccount(
      label: OTPAuthLabel(issuer: entry.text("Issuer"), prefixedAccount: entry.text("Username") ?? ""), factor: factor,
      secret: entry.base32("Secret"))
  }

  private static let mark = Array("AuthenticatorPro".utf8)

  /// Whether it is a backup in the older encryption. The newer one begins with the same word in capitals.
  static func isEncrypted(_ file: Span<UInt8>) -> Bool {
    file.count >= mark.count && mark.indices.allSatisfy { file[$0] == mark[$0] }
  }

  /// Opens the older encryption: the mark, salt, IV, and AES-256-CBC under PBKDF2 with HMAC-SHA-1.
  static func open(_ file: borrowing SecretBytes, passphrase: borrowing SecretBytes) throws -> JSONValue {
    let bytes = Array(file.withBytes { $0.array }.dropFirst(mark.count))
    let saltCount = 20, blockCount = 16, iterations = 64_000
    guard bytes.count >= saltCount + 2 * blockCount else { throw ImportError.broken("the backup is cut off") }
    let key = try PBKDF2.deriveKey(
      from: passphrase, salt: Array(bytes[..<saltCount]), hash: .sha1, iterations: iterations, count: 32)
    let iv = Array(bytes[saltCount..<saltCount + blockCount])
    return try ImportPassphrase.openingUnauthenticated(Array(bytes[(saltCount + blockCount)...]), iv: iv, key: key)
  }
}
