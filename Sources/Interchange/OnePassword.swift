internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// 1Password's `export.data`, the JSON inside a 1PUX archive. An item may have several fields that make codes.
enum OnePassword: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool { file["accounts"]?.hasEntry(with: "vaults") ?? false }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    let items = elements("items", of: elements("vaults", of: file["accounts"]?.elements ?? []))
    var report = ImportReport()
    for (index, item) in items.enumerated() {
      let item = item["item"] ?? item, title = item["overview"]?["title"]?.string
      let fields = elements("fields", of: item["details"]?["sections"]?.elements ?? [])
      let secrets = fields.compactMap { $0["value"]?["totp"] }.filter { $0.string != "" }
      let user = (item["details"]?["loginFields"]?.elements ?? []).first { $0["designation"]?.string == "username" }
      if secrets.isEmpty { report.skip(entryName(index, title), "it holds no OTP secret") }
      for secret in secrets {
        report.add(entryName(index, title)) {
          guard let text = secret.secretString() else { throw EntryError("its totp is no text") }
          return try text.withBytes { try OTPField.account($0, issuer: title, user: user?["value"]?.string) }
        }
      }
    }
    return report
  }

  private static func elements(_ name: String, of values: [JSONValue]) -> [JSONValue] {
    values.flatMap { $0[name]?.elements ?? [] }
  }
}
