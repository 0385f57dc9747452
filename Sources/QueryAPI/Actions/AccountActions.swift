internal import AWSQuery
internal import Authentication
internal import Directory
internal import Foundation
internal import HTTPTypes
internal import OATH
internal import Verifier

extension QueryAction {
  /// What is the account's.
  static let accountActions = [
    QueryAction(.createAccountAlias, on: .account) { try await $0.createAlias() },
    QueryAction(.listAccountAliases, on: .account) { try await $0.listAliases() },
    QueryAction(.deleteAccountAlias, on: .account) { try await $0.deleteAlias() },
    QueryAction(.getAccountSummary, on: .account) { try await $0.getSummary() },
    QueryAction(.generateCredentialReport, on: .account) { try await $0.generateReport() },
    QueryAction(.getCredentialReport, on: .account) { try await $0.getReport() },
  ]
}

extension ActionCall {
  private func alias() throws -> String {
    var parameters = Parameters(form)
    let alias = parameters.required("AccountAlias", .accountAlias)
    try parameters.check()
    return alias
  }

  fileprivate func createAlias() async throws -> XMLText? {
    let alias = try alias()
    guard !alias.allSatisfy(\.isNumber) || alias.count != 12 else {
      throw QueryError(400, "InvalidInput", "The account alias \(alias) is not valid.")
    }
    guard try await directory.store.settings().alias != alias else {
      throw QueryError.exists("The account alias \(alias) already exists.")
    }
    try await directory.setAlias(alias, at: now)
    return nil
  }

  fileprivate func listAliases() async throws -> XMLText? {
    var parameters = Parameters(form)
    let page = try page(&parameters), aliases = try await [directory.store.settings().alias].compactMap(\.self)
    var xml = XMLText()
    xml.group("AccountAliases") { xml in
      for alias in page.rest(of: aliases, key: \.self) { xml.element("member", alias) }
    }
    xml.element("IsTruncated", false)
    return xml
  }

  fileprivate func deleteAlias() async throws -> XMLText? {
    try await directory.deleteAlias(alias(), at: now)
    return nil
  }

  fileprivate func getSummary() async throws -> XMLText? {
    let counts = try await directory.store.counts(at: now), root = try await directory.store.iamUser(named: .root)
    let entries = [
      ("AccessKeysPerUserQuota", AccessKey.limit),
      ("AccountAccessKeysPresent", root?.record.accessKeys.isEmpty ?? true ? 0 : 1),
      ("AccountMFAEnabled", root?.hasMFADevice ?? false ? 1 : 0),
      ("AccountPasswordPresent", root?.record.login == nil ? 0 : 1),
      ("MFADevices", counts.devices), ("MFADevicesInUse", counts.devicesInUse), ("Users", counts.users),
    ]
    var xml = XMLText()
    xml.group("SummaryMap") { xml in
      for (key, value) in entries {
        xml.group("entry") { xml in
          xml.element("key", key)
          xml.element("value", value)
        }
      }
    }
    return xml
  }

  /// Seconds for which a report is good, and no other one is made.
  private static let reportLifetime: Int64 = 4 * 3600

  fileprivate func generateReport() async throws -> XMLText? {
    var xml = XMLText()
    let last = try await directory.store.credentialReport()
    if let last, now.seconds - last.generatedAt.seconds < Self.reportLifetime {
      try await directory.record(operation.name, .done, at: now)
      xml.element("State", "COMPLETE")
      return xml
    }
    try await directory.generateCredentialReport(at: now)
    xml.element("State", "STARTED")
    xml.element(
      "Description",
      last == nil ? "No report exists. Starting a new report generation task" : "The report is being made anew")
    return xml
  }

  fileprivate func getReport() async throws -> XMLText? {
    guard let report = try await directory.store.credentialReport() else {
      throw QueryError(410, "ReportNotPresent", nil)
    }
    guard now.seconds - report.generatedAt.seconds < Self.reportLifetime else {
      throw QueryError(410, "ReportExpired", nil)
    }
    var xml = XMLText()
    xml.element("Content", Data(report.content.utf8).base64EncodedString())
    xml.element("ReportFormat", "text/csv")
    xml.element("GeneratedTime", report.generatedAt.text)
    return xml
  }
}
