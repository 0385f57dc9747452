internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// The OTP credentials of users in a realm that Keycloak exported.
enum Keycloak: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool {
    file["users"]?.hasEntry(with: "username", "credentials") ?? false
  }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let users = file["users"]?.elements else {
      throw ImportError.broken("the file is no realm with users: export it with them")
    }
    let realm = file["realm"]?.string
    var report = ImportReport()
    for (index, user) in users.enumerated() {
      let name = user["username"]?.string
      let credentials = (user["credentials"]?.elements ?? []).filter { $0["type"]?.string?.lowercased() == "otp" }
      for credential in credentials {
        report.add(entryName(index, name)) { try account(EntryFields(object: credential), user: name, realm: realm) }
      }
    }
    return report
  }

  private static func account(_ credential: EntryFields, user: String?, realm: String?) throws -> OTPAccount {
    guard let user, !user.isEmpty else { throw EntryError("its user has no name") }
    let data = try credential.nested("credentialData"), secret = try credential.nested("secretData")
    return try OTPAccount(
      label: OTPAuthLabel(issuer: realm, account: user),
      factor: data.factor(
        type: "subType", algorithm: "algorithm", digits: "digits", period: "period", counter: "counter"),
      secret: key(secret, encoding: data))
  }

  /// The key is the text itself in UTF-8, unless an encoding is named.
  private static func key(_ secret: EntryFields, encoding data: EntryFields) throws -> SecretBytes {
    guard let encoding = data.object["secretEncoding"], encoding.kind != .null else {
      return try secret.secretText("value")
    }
    guard encoding.string?.uppercased() == "BASE32" else { throw EntryError("its secretEncoding is not BASE32") }
    return try secret.base32("value")
  }
}
