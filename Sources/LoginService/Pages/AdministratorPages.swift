internal import AWSQuery
internal import Accounts
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

extension PageService {
  /// Users and what is done to them, the audit trail, the report, the password policy.
  var administratorRoutes: [RouteTable.Route] {
    [
      get("/users", .administrators) { try await $0.usersPage() },
      get("/new-user", .administrators) { $0.newUserPage() },
      post("/users", .administrators) { try await $0.createUser() },
      get("/users/{user}", .administrators) { try await $0.userPage() },
      post("/users/{user}/unlock", .administrators) { try await $0.unlockUser() },
      post("/users/{user}/require-mfa", .administrators) { try await $0.requireMFA() },
      post("/users/{user}/password", .administrators) { try await $0.renewPassword() },
      post("/users/{user}/sign-out", .administrators) { try await $0.signOutUser() },
      post("/users/{user}/devices/{id}/deactivate", .administrators) { try await $0.deactivateDevice() },
      get("/audit", .administrators) { try await $0.auditPage() },
      post("/credential-report", .administrators) { try await $0.credentialReport() },
      get("/password-policy", .administrators) { try await $0.policyPage() },
      post("/password-policy", .administrators) { try await $0.setPolicy() },
    ]
  }
}

extension PageCall {
  /// Rows on a page, and how many times 200 users are looked at for one: a filter may let few through.
  private static let pageSize = 50, pagesRead = 20

  // MARK: Users

  fileprivate func usersPage() async throws -> Answer {
    let withoutMFA = query["mfa"] == "none", withOldKeys = query["keys"] == "old"
    var found: [Account] = [], unreadable: [Unreadable] = [], next = query["after"], pagesLeft = Self.pagesRead
    repeat {
      let page = try await accounts.store.accounts(after: next, pathPrefix: "/", limit: 200)
      next = page.next
      unreadable += page.unreadable
      pagesLeft -= 1
      found += page.items.filter { account in
        (!withoutMFA || !account.hasMFA)
          && (!withOldKeys || account.record.accessKeys.contains { $0.isActive && $0.isOld(at: now) })
      }
    } while found.count <= Self.pageSize && next != nil && pagesLeft > 0
    let users = Array(found.prefix(Self.pageSize))
    let end = found.count > Self.pageSize ? users.last?.user.name.text : next
    // Those behind the end are on the next page; those without a name, on the last.
    if let end { unreadable.removeAll { $0.name.map { end.utf8.lexicographicallyPrecedes($0.utf8) } ?? true } }
    pages.trouble.report(unreadable, to: request.id)
    var view: View = [
      "atUsers": true, "isFiltered": withoutMFA || withOldKeys, "hasUsers": !users.isEmpty,
      "users": users.map(row(of:)), "isEmpty": users.isEmpty && unreadable.isEmpty,
      "unreadable": unreadable.map { ["name": $0.name ?? "?", "error": "\($0.error)"] },
    ]
    if let end {
      let filters = (withoutMFA ? "&mfa=none" : "") + (withOldKeys ? "&keys=old" : "")
      view["next"] = "/users?after=\(PercentEncoding.encode(end))\(filters)"
    }
    return page("users", withoutMFA ? "Users without MFA" : withOldKeys ? "Users with old access keys" : "Users", view)
  }

  private func row(of account: Account) -> View {
    let used = account.devices.compactMap(\.lastUsedAt).max()
    return [
      "name": account.user.name.text, "link": Self.path(of: account.user.name),
      "isAdministrator": account.record.isAdministrator, "mfa": mfaText(account),
      "used": used?.forPeople ?? "–", "signedIn": account.record.login?.lastUsedAt?.forPeople ?? "–",
      "keys": account.record.accessKeys.isEmpty ? "–" : "\(account.record.accessKeys.count)",
    ]
  }

  private static func path(of user: UserName) -> String { "/users/\(PercentEncoding.encode(user.text))" }

  private func mfaText(_ account: Account) -> String {
    let count = account.devices.count { $0.isAssigned }
    if lockText(account) != nil { return "locked" }
    if count == 0 { return account.record.requiresMFA ? "none, required" : "none" }
    return count == 1 ? "1 device" : "\(count) devices"
  }

  /// What keeps the user out; nil for nothing.
  private func lockText(_ account: Account) -> String? {
    switch account.user.lock {
    case .until(let end) where end > now: "Locked until \(end.forPeople), after wrong codes."
    case .untilUnlocked: "Locked until an administrator unlocks, after wrong codes."
    case .until, .none:
      account.devices.contains { $0.status == .disabled } ? "A device is locked, after wrong pairs of codes." : nil
    }
  }

  fileprivate func newUserPage(error: String? = nil) -> Answer {
    let name = Field(
      name: "name", label: "User name", value: form["name"], hint: "Letters, digits and _+=,.@-, at most 64.",
      error: error)
    let create = PageForm(action: "/users", submit: "Create user", fields: [name])
    return page(
      "step", "Create user",
      [
        "atUsers": true,
        "lines": ["The user gets a password that is good for one sign-in, and then has to choose another one."],
        "form": view(of: create), "links": [["to": "/users", "text": "Cancel"]],
      ], status: error == nil ? .ok : .unprocessableContent)
  }

  fileprivate func createUser() async throws -> Answer {
    let text = form.text("name") ?? ""
    guard Parameters.Constraint.newUserName.holds(text), let name = try? UserName(text) else {
      return newUserPage(error: "A user name has 1 to 64 letters, digits and _+=,.@-")
    }
    let result = await result { () throws(AccountError) in
      try await accounts.createUserWithOneTimePassword(name, at: now)
    }
    switch result {
    case .success(let password): return oneTimePasswordPage(name, password)
    case .failure(.userExists(let like)): return newUserPage(error: "There is a user \(like) already.")
    case .failure(let error): throw error
    }
  }

  private func oneTimePasswordPage(_ name: UserName, _ password: SharedSecret) -> Answer {
    page(
      "once", "One-time password",
      [
        "atUsers": true, "lines": ["Give it to \(name.text) over a safe way. It is shown this once."],
        "pairs": [
          ["name": "User name", "value": name.text],
          ["name": "Password", "value": password.bytes.withBytes { $0.text }],
        ],
        "links": [["to": Self.path(of: name), "text": "Go to the user"]],
      ])
  }

  // MARK: One user

  private func target() async throws -> Account {
    guard let name = parameters.first.flatMap({ try? UserName($0) }), name != .root else { throw PageProblem.notFound }
    return try await accounts.account(of: name)
  }

  fileprivate func userPage() async throws -> Answer {
    let account = try await target(), record = account.record, path = Self.path(of: account.user.name)
    var forms = [
      PageForm(
        action: "\(path)/require-mfa",
        submit: record.requiresMFA ? "Do not require MFA" : "Require MFA at next sign-in",
        hidden: ["required": record.requiresMFA ? "no" : "yes"]),
      PageForm(
        action: "\(path)/password", submit: record.login == nil ? "Give a one-time password" : "Replace the password"),
      PageForm(action: "\(path)/sign-out", submit: "End all sessions", isDangerous: true),
    ]
    let locked = lockText(account)
    if locked != nil { forms.insert(PageForm(action: "\(path)/unlock", submit: "Unlock"), at: 0) }
    var view: View = [
      "atUsers": true, "arn": account.arn, "created": account.user.createdAt.forPeople,
      "signedIn": record.login?.lastUsedAt?.forPeople ?? (record.login == nil ? "no password" : "never"),
      "mfa": mfaText(account), "required": record.requiresMFA ? "required" : "asked for where there is a device",
      "recovery": account.user.recovery.map { "\($0.remaining) left" } ?? "none",
      "keys": record.accessKeys.isEmpty ? "none" : record.accessKeys.map(\.id).joined(separator: ", "),
      "hasDevices": !account.devices.isEmpty, "devices": account.devices.map { row(of: $0, path: path) },
      "forms": forms.map { self.view(of: $0) },
      "auditLink": "/audit?user=\(PercentEncoding.encode(account.user.name.text))",
    ]
    view["locked"] = locked
    view["notice"] = Self.notices[query["done"] ?? ""]
    return page("user", account.user.name.text, view)
  }

  private static let notices = [
    "unlocked": "The user is unlocked.", "required": "The change holds from the next page that the user opens.",
    "signed-out": "All sessions of the user were ended.", "deactivated": "The MFA device was deactivated.",
  ]

  private func row(of device: Device, path: String) -> View {
    var row = Self.view(of: device)
    let form = PageForm(
      action: "\(path)/devices/\(device.id.text)/deactivate", submit: "Deactivate", isDangerous: true,
      label: "Deactivate \(device.serial.name)")
    // Without any, Mustache would take those of the page.
    row["forms"] = device.isAssigned ? [view(of: form)] : []
    return row
  }

  private func back(to account: Account, after done: String) -> Answer {
    redirect(to: "\(Self.path(of: account.user.name))?done=\(done)")
  }

  fileprivate func unlockUser() async throws -> Answer {
    let account = try await target()
    _ = try await verifier.unlock(account.user.name, at: now)
    return back(to: account, after: "unlocked")
  }

  fileprivate func requireMFA() async throws -> Answer {
    let account = try await target()
    guard let answer = form["required"], answer == "yes" || answer == "no" else {
      throw PageProblem(.badRequest, "Not understood", "The form has to say whether MFA is required.")
    }
    try await accounts.setRequiresMFA(answer == "yes", of: account.user.name, at: now)
    return back(to: account, after: "required")
  }

  fileprivate func renewPassword() async throws -> Answer {
    let name = try await target().user.name
    return oneTimePasswordPage(name, try await accounts.setOneTimePassword(of: name, at: now))
  }

  fileprivate func signOutUser() async throws -> Answer {
    let account = try await target()
    try await accounts.endPageSessions(of: account.user.name, at: now) { _ in true }
    return back(to: account, after: "signed-out")
  }

  fileprivate func deactivateDevice() async throws -> Answer {
    let account = try await target()
    guard let device = account.devices.first(where: { $0.id.text == parameters[1] }) else { throw PageProblem.notFound }
    _ = try await verifier.deactivate(.id(device.id), of: account.user.name, at: now)
    return back(to: account, after: "deactivated")
  }

  // MARK: The account

  fileprivate func auditPage() async throws -> Answer {
    let user = form.text("user") ?? query.text("user")
    // A name that nobody can have has no rows.
    let name = try user.map { (text) throws(VerifierError) in try UserName(text) }
    let found = try await verifier.auditRecords(
      AuditQuery(user: name, after: query["before"], order: .newestFirst, limit: Self.pageSize + 1))
    let page = Listing(found, limit: Self.pageSize, name: \.id)
    var view: View = ["atAudit": true, "hasRows": !page.items.isEmpty, "rows": page.items.map(Self.row(of:))]
    view["filter"] = user
    if let next = page.next {
      view["next"] = "/audit?before=\(next)" + (user.map { "&user=\(PercentEncoding.encode($0))" } ?? "")
    }
    return self.page("audit", "Audit", view)
  }

  private static func row(of record: AuditRecord) -> View {
    let event = record.event
    var row: View = [
      "time": UnixTime.epoch.advanced(by: event.time).text.replacing("T", with: " ").replacing("Z", with: ""),
      "event": event.name.rawValue,
      "outcome": event.outcome.rawValue, "user": event.user,
      "device": event.device.map { Serial(stored: $0).name } ?? "",
      // Everybody here is of the same account.
      "actor": record.context.actor.hasPrefix("arn:")
        ? record.context.actor.split(separator: ":").last.map(String.init) ?? "" : record.context.actor,
      "source": record.context.source ?? "",
    ]
    row["reason"] = event.reason
    return row
  }

  fileprivate func credentialReport() async throws -> Answer {
    try await accounts.generateCredentialReport(at: now)
    let report = try await accounts.store.credentialReport()
    return Answer(
      .ok, type: "text/csv; charset=utf-8",
      headers: [.contentDisposition: "attachment; filename=\"credential-report.csv\""],
      body: Array((report?.content ?? "").utf8))
  }

  fileprivate func policyPage(error: String? = nil) async throws -> Answer {
    let policy = try await accounts.passwordPolicy()
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
    try await accounts.changePasswordPolicy(at: now) { $0.minimumLength = length }
    return redirect(to: "/")
  }
}
