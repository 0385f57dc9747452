internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// Proton Authenticator's export: entries with a URI each; Steam's has no name in it.
enum ProtonAuthenticator: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool {
    (file["entries"]?.elements ?? []).contains { $0["content"]?["uri"] != nil }
  }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let entries = file["entries"]?.elements else {
      throw ImportError.broken("the file is no export of Proton Authenticator")
    }
    var report = ImportReport()
    report.add(entries, name: { $0.object["content"]?["name"]?.string }) { entry in
      guard let content = entry.object["content"], let uri = content["uri"]?.secretString() else {
        throw EntryError("it has no uri")
      }
      return try uri.withBytes { text in
        guard OTPAuthURI.looksLikeURI(text) else { throw EntryError("its uri is none") }
        let account = try OTPField.account(text, issuer: nil, user: content["name"]?.string)
        guard let type = content["entry_type"]?.string?.lowercased() else { return account }
        guard type == account.factor.typeName else { throw EntryError("its entry_type is not that of its uri") }
        return account
      }
    }
    return report
  }

  /// Whether it is one under a password, which is derived with Argon2id.
  static func isEncrypted(_ file: JSONValue) -> Bool {
    file["salt"]?.kind == .string && file["content"]?.kind == .string && file["version"] != nil
  }
}
