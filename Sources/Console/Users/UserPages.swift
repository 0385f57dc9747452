internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import ServiceHTTP

extension PageService {
  /// Users, and what is done to them.
  var userRoutes: [RouteTable.Route] {
    [
      get("/users", .signedIn(.listUsers, on: .users)) { try await $0.usersPage() },
      get("/new-user", .signedIn(.createUser, on: .users)) { $0.newUserPage() },
      post("/users", .signedIn(.createUser, on: .users)) { try await $0.createUser() },
      get("/users/{user}", .managing(.getUser)) { try await $0.userPage() },
      post("/users/{user}/unlock", .managing(.unlock)) { try await $0.unlockUser() },
      post("/users/{user}/require-mfa", .managing(.requireMFA)) { try await $0.requireMFA() },
      post("/users/{user}/password", .managing(.updateLoginProfile)) { try await $0.renewPassword() },
      post("/users/{user}/sign-out", .managing(.endSession)) { try await $0.signOutUser() },
      post("/users/{user}/devices/{id}/deactivate", .managing(.deactivateMFADevice)) {
        try await $0.deactivateDevice()
      },
    ]
  }
}

extension PageCall {
  /// How many rows a page has, and how many times 200 users are read for one page: a filter may let few through.
  private static let pageSize = 50, pagesRead = 20

  // MARK: Users

  fileprivate func usersPage() async throws -> Answer {
    let withoutMFA = query["mfa"] == "none", withOldKeys = query["keys"] == "old"
    var found: [IAMUser] = [], unreadable: [Unreadable] = [], next = query["after"], pagesLeft = Self.pagesRead
    repeat {
      let page = try await directory.store.iamUsers(after: next, pathPrefix: "/", limit: 200)
      next = page.next
      unreadable += page.unreadable
      pagesLeft -= 1
      found += page.items.filter { iamUser in
        (!withoutMFA || !iamUser.hasMFADevice)
          && (!withOldKeys || iamUser.record.accessKeys.contains { $0.isActive && $0.isOld(at: now) })
      }
    } while found.count <= Self.pageSize && next != nil && pagesLeft > 0
    let users = Array(found.prefix(Self.pageSize))
    let end = found.count > Self.pageSize ? users.last?.user.name.text : next
    // Those behind the end are on the next page; those without a name, on the last.
    if let end { unreadable.removeAll { $0.name.map { end.utf8.lexicographicallyPrecedes($0.utf8) } ?? true } }
    pages.errors.report(unreadable, to: request.id)
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

  private func row(of iamUser: IAMUser) -> View {
    let used = iamUser.devices.compactMap(\.lastUsedAt).max()
    return [
      "name": iamUser.user.name.text, "link": Self.path(of: iamUser.user.name),
      "isAdministrator": iamUser.record.isAdministrator, "mfa": mfaText(iamUser),
      "used": used?.forPeople ?? "–", "signedIn": iamUser.record.login?.lastUsedAt?.forPeople ?? "–",
      "keys": iamUser.record.accessKeys.isEmpty ? "–" : "\(iamUser.record.accessKeys.count)",
    ]
  }

  private static func path(of user: UserName) -> String { "/users/\(PercentEncoding.encode(user.text))" }

  private func mfaText(_ iamUser: IAMUser) -> String {
    let count = iamUser.devices.count { $0.isAssigned }
    if lockText(iamUser) != nil { return "locked" }
    if count == 0 { return iamUser.record.requiresMFA ? "none, required" : "none" }
    return count == 1 ? "1 device" : "\(count) devices"
  }

  /// What keeps the user out; nil for nothing.
  private func lockText(_ iamUser: IAMUser) -> String? {
    switch iamUser.user.lock {
    case .until(let end) where end > now: "Locked until \(end.forPeople), after wrong codes."
    case .untilUnlocked: "Locked until an administrator unlocks, after wrong codes."
    case .until, .none:
      iamUser.devices.contains { $0.status == .disabled } ? "A device is locked, after wrong pairs of codes." : nil
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
    let result = await result { () throws(DirectoryError) in
      try await directory.createUserWithOneTimePassword(name, at: now)
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

  private func target() async throws -> IAMUser {
    guard let name = parameters.first.flatMap({ try? UserName($0) }), name != .root else { throw PageProblem.notFound }
    return try await directory.iamUser(named: name)
  }

  fileprivate func userPage() async throws -> Answer {
    let iamUser = try await target(), record = iamUser.record, path = Self.path(of: iamUser.user.name)
    var forms = [
      PageForm(
        action: "\(path)/require-mfa",
        submit: record.requiresMFA ? "Do not require MFA" : "Require MFA at next sign-in",
        hidden: ["required": record.requiresMFA ? "no" : "yes"]),
      PageForm(
        action: "\(path)/password", submit: record.login == nil ? "Give a one-time password" : "Replace the password"),
      PageForm(action: "\(path)/sign-out", submit: "End all sessions", isDangerous: true),
    ]
    let locked = lockText(iamUser)
    if locked != nil { forms.insert(PageForm(action: "\(path)/unlock", submit: "Unlock"), at: 0) }
    var view: View = [
      "atUsers": true, "arn": iamUser.arn, "created": iamUser.user.createdAt.forPeople,
      "signedIn": record.login?.lastUsedAt?.forPeople ?? (record.login == nil ? "no password" : "never"),
      "mfa": mfaText(iamUser), "required": record.requiresMFA ? "required" : "asked for where there is a device",
      "recovery": iamUser.user.recovery.map { "\($0.remaining) left" } ?? "none",
      "keys": record.accessKeys.isEmpty ? "none" : record.accessKeys.map(\.id).joined(separator: ", "),
      "hasDevices": !iamUser.devices.isEmpty, "devices": iamUser.devices.map { row(of: $0, path: path) },
      "forms": forms.map { self.view(of: $0) },
      "auditLink": "/audit?user=\(PercentEncoding.encode(iamUser.user.name.text))",
    ]
    view["locked"] = locked
    view["notice"] = Self.notices[query["done"] ?? ""]
    return page("user", iamUser.user.name.text, view)
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

  private func back(to iamUser: IAMUser, after done: String) -> Answer {
    redirect(to: "\(Self.path(of: iamUser.user.name))?done=\(done)")
  }

  fileprivate func unlockUser() async throws -> Answer {
    let iamUser = try await target()
    _ = try await verifier.unlock(iamUser.user.name, at: now)
    return back(to: iamUser, after: "unlocked")
  }

  fileprivate func requireMFA() async throws -> Answer {
    let iamUser = try await target()
    guard let answer = form["required"], answer == "yes" || answer == "no" else {
      throw PageProblem(.badRequest, "Not understood", "The form has to say whether MFA is required.")
    }
    try await directory.setRequiresMFA(answer == "yes", of: iamUser.user.name, at: now)
    return back(to: iamUser, after: "required")
  }

  fileprivate func renewPassword() async throws -> Answer {
    let name = try await target().user.name
    return oneTimePasswordPage(name, try await directory.setOneTimePassword(of: name, at: now))
  }

  fileprivate func signOutUser() async throws -> Answer {
    let iamUser = try await target()
    try await directory.endPageSessions(of: iamUser.user.name, at: now) { _ in true }
    return back(to: iamUser, after: "signed-out")
  }

  fileprivate func deactivateDevice() async throws -> Answer {
    let iamUser = try await target()
    guard let device = iamUser.devices.first(where: { $0.id.text == parameters[1] }) else { throw PageProblem.notFound }
    _ = try await verifier.deactivate(.id(device.id), of: iamUser.user.name, at: now)
    return back(to: iamUser, after: "deactivated")
  }
}
