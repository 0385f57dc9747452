internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// Duo Mobile's accounts: a counter makes one HOTP.
enum Duo: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool { file.hasEntry(with: "otpGenerator") }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let entries = file.elements else { throw ImportError.broken("the file is no list of Duo's accounts") }
    var report = ImportReport()
    for (index, entry) in entries.enumerated() {
      let name = entryName(index, entry["name"]?.string)
      guard let generator = entry["otpGenerator"] else {
        report.skip(name, "it holds no OTP secret")
        continue
      }
      report.add(name) {
        if let type = entry["accountType"]?.string, type != "OtpAccount" {
          throw EntryError("its accountType is not known")
        }
        return try account(EntryFields(object: generator), name: entry["name"]?.string)
      }
    }
    return report
  }

  private static func account(_ generator: EntryFields, name: String?) throws -> OTPAccount {
    let hasCounter = try generator.number("counter") != nil
    return try OTPAccount(
      label: OTPAuthLabel(issuer: nil, account: name ?? ""),
      factor: hasCounter
        ? generator.hotp(algorithm: "algorithm", digits: "digits", counter: "counter")
        : generator.totp(algorithm: "algorithm", digits: "digits", period: "period"),
      secret: generator.base32("otpSecret"))
  }
}
