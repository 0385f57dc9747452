internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import ServiceHTTP

extension PageService {
  /// The credential report and the password policy.
  var accountRoutes: [RouteTable.Route] {
    [
      post("/credential-report", .signedIn(.generateCredentialReport, on: .account)) {
        try await $0.credentialReport()
      },
      get("/password-policy", .signedIn(.getAccountPasswordPolicy, on: .account)) { try await $0.policyPage() },
      post("/password-policy", .signedIn(.updateAccountPasswordPolicy, on: .account)) { try await $0.setPolicy() },
    ]
  }
}

extension PageCall {
  fileprivate func credentialReport() async throws -> Answer {
    try await directory.generateCredentialReport(at: now)
    let report = try await directory.store.credentialReport()
    return Answer(
      .ok, type: "text/csv; charset=utf-8",
      headers: [.contentDisposition: "attachment; filename=\"credential-report.csv\""],
      body: Array((report?.content ?? "").utf8))
  }

  fileprivate func policyPage(error: String? = nil) async throws -> Answer {
    let policy = try await directory.passwordPolicy()
    let length = Field(
      name: "length", label: "Minimum length", value: form["length"] ?? String(policy.minimumLength),
      hint: "6 to 128 characters.", error: error)
    return page(
      "step", "Password policy",
      [
        "lines": [
          "It holds for new passwords. Everything else in it is set with aws iam update-account-password-policy."
        ],
        "form": view(of: PageForm(action: "/password-policy", submit: "Set policy", fields: [length])),
        "links": [["to": "/", "text": "Cancel"]],
      ], status: error == nil ? .ok : .unprocessableContent)
  }

  fileprivate func setPolicy() async throws -> Answer {
    guard let length = form.text("length").flatMap({ Int($0) }), (6...128).contains(length) else {
      return try await policyPage(error: "The length is 6 to 128.")
    }
    try await directory.changePasswordPolicy(at: now) { $0.minimumLength = length }
    return redirect(to: "/")
  }
}
