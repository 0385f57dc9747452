internal import JSONText
internal import OATH

/// Raivo OTP's export: the JSON inside its archive, whose numbers are texts.
enum Raivo: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool { file.hasEntry(with: "secret", "kind") }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let entries = file.elements else { throw ImportError.broken("the file is no export of Raivo") }
    var report = ImportReport()
    report.add(entries, name: { $0.text("issuer") }) { entry in
      try OTPAccount(
        label: OTPAuthLabel(issuer: entry.text("issuer"), prefixedAccount: entry.text("account") ?? ""),
        factor: entry.factor(
          type: "kind", algorithm: "algorithm", digits: "digits", period: "timer", counter: "counter"),
        secret: entry.base32("secret"))
    }
    return report
  }
}
