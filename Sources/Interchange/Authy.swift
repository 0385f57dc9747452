internal import JSONText
internal import OATH

/// Authy's tokens, as its Android app stores them and programs that read it out write them.
enum Authy: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool { file.hasEntry(with: "decryptedSecret") }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let entries = file.elements else { throw ImportError.broken("the file is no list of Authy's tokens") }
    var report = ImportReport()
    report.add(entries, name: { $0.text("name") ?? $0.text("originalName") }) { entry in
      let label = OTPAuthLabel(
        issuer: entry.text("originalIssuer") ?? entry.text("issuer"),
        prefixedAccount: entry.text("originalName") ?? entry.text("name") ?? "")
      return try OTPAccount(
        label: label, factor: entry.totp(algorithm: "algorithm", digits: "digits", period: "period"),
        secret: entry.base32("decryptedSecret"))
    }
    return report
  }
}
