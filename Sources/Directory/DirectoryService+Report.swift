public import OATH
internal import Verifier

extension DirectoryService {
  /// Makes the credential report anew: who has a password, MFA, access keys, and when they were last used.
  public func generateCredentialReport(at now: UnixTime) async throws(DirectoryError) {
    let policy = try await passwordPolicy()
    var lines = [Self.columns.joined(separator: ",")]
    try await everyUser { page in
      lines += page.items.map { Self.line(of: $0, policy: policy) } + page.unreadable.map(Self.line(of:))
    }
    let report = CredentialReport(content: lines.joined(separator: "\n"), generatedAt: now), context = verifier.context
    try await mappingErrors { () throws(VerifierError) in
      try await verifier.withCurrentKeys { keys throws(VerifierError) in
        let event = AuditEvent(.generateReport, at: now)
        try await store.keep(report, records: [try AuditRecord(event, on: context, under: keys.integrityKey)])
      }
    }
  }

  private static let columns = [
    "user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed",
    "password_next_rotation", "mfa_active", "access_key_1_active", "access_key_1_last_rotated",
    "access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
    "access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date", "access_key_2_last_used_region",
    "access_key_2_last_used_service", "cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
  ]

  private static func line(of iamUser: IAMUser, policy: PasswordPolicy) -> String {
    let login = iamUser.record.login, absent = "N/A"
    var fields = [iamUser.user.name.text, iamUser.arn, time(iamUser.user.createdAt)]
    if iamUser.isRoot {
      fields += ["not_supported", login?.lastUsedAt.map(time) ?? "no_information", "not_supported", "not_supported"]
    } else if let login {
      let rotation = policy.maximumAge.map { login.changedAt.advanced(by: Int64($0) * 86_400) }
      fields += [
        "true", login.lastUsedAt.map(time) ?? "no_information", time(login.changedAt), rotation.map(time) ?? absent,
      ]
    } else {
      fields += ["false", absent, absent, absent]
    }
    fields.append(iamUser.hasMFADevice ? "true" : "false")
    for index in 0..<AccessKey.limit {
      guard iamUser.record.accessKeys.indices.contains(index) else {
        fields += ["false"] + Array(repeating: absent, count: 4)
        continue
      }
      let key = iamUser.record.accessKeys[index]
      fields += [
        key.isActive ? "true" : "false", time(key.createdAt), key.lastUse.map { time($0.time) } ?? absent,
        key.lastUse?.region ?? absent, key.lastUse?.service ?? absent,
      ]
    }
    fields += ["false", absent, "false", absent]
    return fields.map(quoted).joined(separator: ",")
  }

  /// A user is not to be missing because they cannot be read.
  private static func line(of unreadable: Unreadable) -> String {
    let known = [unreadable.name ?? ""]
    return (known + Array(repeating: "no_information", count: columns.count - known.count)).map(quoted)
      .joined(separator: ",")
  }

  /// As AWS writes it there.
  private static func time(_ time: UnixTime) -> String { time.text.dropLast() + "+00:00" }

  /// The field as RFC 4180 has it. A spreadsheet takes what begins with one of a few characters for a formula and runs it;
  /// behind an apostrophe it is text.
  static func quoted(_ field: String) -> String {
    let text = field.first.map("=+-@\t\r".contains) ?? false ? "'" + field : field
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
