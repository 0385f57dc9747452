internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import ServiceHTTP

extension PageService {
  /// What a person looks after: recovery codes, password, access keys, sessions. Devices are in DevicePages.
  var credentialRoutes: [RouteTable.Route] {
    [
      get("/security-credentials", .signedIn(.getUser, on: .own, beforeAssigning: true)) { try $0.credentialsPage() },
      post("/security-credentials/recovery-codes", .signedIn(.createRecoveryCodes, on: .own)) {
        try await $0.makeRecoveryCodes()
      },
      get("/security-credentials/password", .signedIn(.changePassword, on: .own)) { try $0.passwordPage() },
      post("/security-credentials/password", .signedIn(.changePassword, on: .own)) { try await $0.changePassword() },
      post("/security-credentials/access-keys", .signedIn(.createAccessKey, on: .own)) {
        try await $0.createAccessKey()
      },
      post("/security-credentials/access-keys/{id}/{state}", .signedIn(.updateAccessKey, on: .own)) {
        try await $0.changeAccessKey()
      },
      post("/security-credentials/sessions/{id}/revoke", .signedIn(.endSession, on: .own)) {
        try await $0.revokeSession()
      },
    ]
  }
}

extension PageCall {
  private static let home = "/security-credentials"

  private var mayChangeKeys: Bool { allowsOnSelf(.updateAccessKey) }

  // MARK: The overview

  fileprivate func credentialsPage() throws -> Answer {
    let owner = try owner(), record = owner.record
    let devices = owner.devices
    var view: View = [
      "atCredentials": true, "mustAssign": mustAssign, "hasDevices": !devices.isEmpty,
      "devices": devices.map(Self.view(of:)), "canAssign": !owner.hasMFADevice || mfaPresent,
      "recovery": recoveryText(owner), "password": passwordText(record.login),
      "canChangePassword": record.login != nil && allowsOnSelf(.changePassword), "hasKeys": !record.accessKeys.isEmpty,
      "keys": record.accessKeys.map(self.view(of:)), "needsMFA": !mayChangeKeys,
      "sessions": record.sessions.filter { $0.stage == .signedIn && $0.isGood(at: now) }.map(self.view(of:)),
    ]
    if allowsOnSelf(.createRecoveryCodes) {
      view["recoveryForm"] = self.view(
        of: PageForm(
          action: "\(Self.home)/recovery-codes",
          submit: owner.user.recovery == nil ? "Create recovery codes" : "Replace recovery codes"))
    }
    if allowsOnSelf(.createAccessKey), record.accessKeys.count < AccessKey.limit {
      view["keyForm"] = self.view(of: PageForm(action: "\(Self.home)/access-keys", submit: "Create access key"))
    }
    view["notice"] = Self.notices[query["done"] ?? ""]
    return page("credentials", "Security credentials", view)
  }

  /// What was done, by a word in the address: nobody's text gets onto the page this way.
  private static let notices = [
    "assigned": "The MFA device is assigned. From now on a code is asked for when you sign in.",
    "resynced": "The MFA device is in step again.", "removed": "The MFA device was removed.",
    "password": "The password was changed. Your other sessions were ended.", "key": "The access key was changed.",
    "session": "The session was ended.",
  ]

  func home(after done: String) -> Answer { redirect(to: "\(Self.home)?done=\(done)") }

  /// A row of the table of devices.
  static func view(of device: Device) -> View {
    [
      "id": device.id.text, "name": device.serial.name, "serial": device.serial.text,
      "isAssigned": device.isAssigned, "assigned": device.enabledAt?.forPeople ?? "–",
      "used": device.lastUsedAt?.forPeople ?? "–",
      "state": device.status == .active ? "active" : device.status == .disabled ? "locked" : "not assigned yet",
    ]
  }

  private func recoveryText(_ owner: IAMUser) -> String {
    if !owner.hasMFADevice { return "They stand in for an MFA device, and can be created when one is assigned." }
    guard let left = owner.user.recovery?.remaining else {
      return "There are none. They let you in when your MFA device is lost."
    }
    return left == 1 ? "1 code is left." : "\(left) codes are left."
  }

  private func passwordText(_ login: LoginProfile?) -> String {
    guard let login else { return "There is none." }
    return "Last changed \(login.changedAt.forPeople)."
  }

  private func view(of key: AccessKey) -> View {
    let path = "\(Self.home)/access-keys/\(key.id)"
    let verb = key.isActive ? "Deactivate" : "Activate"
    let forms = [
      PageForm(action: "\(path)/\(verb.lowercased())", submit: verb, label: "\(verb) \(key.id)"),
      PageForm(action: "\(path)/delete", submit: "Delete", isDangerous: true, label: "Delete \(key.id)"),
    ]
    return [
      "id": key.id, "state": key.isActive ? "active" : "inactive", "created": key.createdAt.forPeople,
      "used": key.lastUse.map { "\($0.time.forPeople), \($0.service)" } ?? "–",
      "forms": mayChangeKeys ? forms.map { self.view(of: $0) } : [],
    ]
  }

  private func view(of other: PageSession) -> View {
    let isThis = other.id == session?.id
    var view: View = [
      "agent": other.agent.isEmpty ? "unknown" : other.agent, "source": other.source ?? "–",
      "created": other.createdAt.forPeople, "seen": other.seenAt.forPeople, "isThis": isThis,
    ]
    if !isThis {
      view["form"] = self.view(
        of: PageForm(
          action: "\(Self.home)/sessions/\(other.id)/revoke", submit: "Revoke", isDangerous: true,
          label: "Revoke the session of \(other.createdAt.forPeople)"))
    }
    return view
  }

  // MARK: Changes

  fileprivate func makeRecoveryCodes() async throws -> Answer {
    let owner = try owner()
    let codes = try await verifier.createRecoveryCodes(for: owner.user.name, at: now)
    return page(
      "once", "Recovery codes",
      [
        "lines": [
          "Print them, or write them down, and keep them where your device is not. Each is good once; codes that you had "
            + "before are void. They are not shown again."
        ],
        "hasCodes": true, "codes": codes, "links": [["to": Self.home, "text": "I have kept them"]],
      ])
  }

  fileprivate func passwordPage(error: (field: String, text: String)? = nil) throws -> Answer {
    let old = Field(
      name: "old", label: "Current password", type: "password", error: error?.field == "old" ? error?.text : nil,
      autocomplete: "current-password")
    let change = PageForm(
      action: "\(Self.home)/password", submit: "Change password", fields: [old] + Field.newPassword(error: error))
    return page(
      "step", "Change password",
      ["form": view(of: change), "links": [["to": Self.home, "text": "Cancel"]], "atCredentials": true],
      status: error == nil ? .ok : .unprocessableContent)
  }

  fileprivate func changePassword() async throws -> Answer {
    let owner = try owner(), subjects = [AttemptLimits.Subject.owner(owner.user.name.text)]
    guard form["new"] == form["repeat"] else {
      return try passwordPage(error: ("repeat", "The two are not the same."))
    }
    if let wait = pages.limits.admit(subjects, at: now) {
      return refusing(try passwordPage(error: ("old", Self.tooManyAttempts(wait))), for: wait)
    }
    let old = form.secret("old"), new = form.secret("new"), id = session?.id
    let despitePolicy = allowsOnSelf(.updateLoginProfile)
    let result = await result { () throws(DirectoryError) in
      try await pages.limits.forgivingIfBusy(subjects) { () throws(DirectoryError) in
        try await directory.changePassword(
          of: owner.user.name, from: old, to: new, keeping: id, despitePolicy: despitePolicy, at: now)
      }
    }
    switch result {
    case .success:
      pages.limits.forgive(subjects)
      return home(after: "password")
    case .failure(.wrongPassword): return try passwordPage(error: ("old", "The current password is wrong."))
    case .failure(.passwordPolicy(let reason)): return try passwordPage(error: ("new", reason + "."))
    case .failure(let error): throw error
    }
  }

  fileprivate func createAccessKey() async throws -> Answer {
    let (key, secret) = try await directory.createAccessKey(for: owner().user.name, at: now)
    return page(
      "once", "Access key",
      [
        "lines": ["The secret access key is shown this once. Keep it where only your programs find it."],
        "pairs": [
          ["name": "Access key ID", "value": key.id],
          ["name": "Secret access key", "value": secret.bytes.withBytes { $0.text }],
        ],
        "links": [["to": Self.home, "text": "I have kept it"]],
      ])
  }

  fileprivate func changeAccessKey() async throws -> Answer {
    let user = try owner().user.name, id = parameters[0]
    switch parameters[1] {
    case "activate": try await directory.setAccessKey(id, of: user, active: true, at: now)
    case "deactivate": try await directory.setAccessKey(id, of: user, active: false, at: now)
    case "delete":
      try require(.deleteAccessKey, on: resource(.own))
      try await directory.deleteAccessKey(id, of: user, at: now)
    default: throw PageProblem.notFound
    }
    return home(after: "key")
  }

  fileprivate func revokeSession() async throws -> Answer {
    let id = parameters[0]
    try await directory.endPageSessions(of: owner().user.name, at: now) { $0.id == id }
    return home(after: "session")
  }
}
