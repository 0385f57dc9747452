internal import AWSQuery
internal import Accounts
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

extension PageService {
  /// Name and password, then a code, then a new password where one is asked for; and the way out.
  var signInRoutes: [RouteTable.Route] {
    [
      get("/signin", .anyone) { try await $0.signInPage() },
      get("/signin/{alias}", .anyone) { call in
        let settings = try await call.accounts.store.settings(), alias = call.parameters.first
        guard alias == settings.alias || alias == settings.id.text else { throw PageProblem.notFound }
        return try await call.signInPage()
      },
      post("/signin", .anyone) { try await $0.signIn() },
      get("/mfa", .signingIn(.code)) { $0.codePage() },
      post("/mfa", .signingIn(.code)) { try await $0.checkCode() },
      get("/new-password", .signingIn(.newPassword)) { $0.newPasswordPage() },
      post("/new-password", .signingIn(.newPassword)) { try await $0.setNewPassword() },
      post("/signout", .anyone) { try await $0.signOut() },
      get("/auth", .anyone, readsQuery: false) { $0.authorize(demandingMFA: $0.demandsMFA) },
      get("/auth/mfa", .anyone, readsQuery: false) { $0.authorize(demandingMFA: true) },
    ]
  }
}

extension PageCall {
  private var returnPath: ReturnPath { ReturnPath(form["return_to"] ?? query["return_to"]) }

  /// The page after this step of signing in.
  private func path(of stage: PageSession.Stage) -> String {
    switch stage {
    case .code: returnPath.leading(from: "/mfa")
    case .newPassword: returnPath.leading(from: "/new-password")
    case .signedIn: returnPath.text
    }
  }

  private func hidden(_ more: [String: String] = [:]) -> [String: String] {
    more.merging(["return_to": returnPath.text]) { own, _ in own }
  }

  /// The way out of signing in.
  private var cancel: View { view(of: PageForm(action: "/signout", submit: "Cancel", isDangerous: true)) }

  // MARK: Name and password

  fileprivate func signInPage(error: String? = nil, status: HTTPResponse.Status = .ok) async throws -> Answer {
    // Whoever is signed in may still want to be somebody else.
    if let session, error == nil, query["as"] == nil {
      return redirect(to: isSignedIn && mustAssign ? "/security-credentials" : path(of: session.stage))
    }
    let settings = try await accounts.store.settings()
    let asRoot = (form["root"] ?? query["as"]) != nil
    var fields = [Field(name: "password", label: "Password", type: "password", autocomplete: "current-password")]
    if !asRoot {
      let name = Field(name: "user", label: "User name", value: form["user"], autocomplete: "username")
      fields.insert(name, at: 0)
    }
    // Which of them was wrong is not said: the error belongs to the form.
    let sign = PageForm(
      action: "/signin", submit: "Sign in", fields: fields, hidden: hidden(asRoot ? ["root": "1"] : [:]))
    let link = returnPath.leading(from: "/signin")
    var view: View = [
      "form": self.view(of: sign), "asRoot": asRoot, "userLink": link,
      "rootLink": link + (link.contains("?") ? "&" : "?") + "as=root", "alias": settings.alias ?? settings.id.text,
    ]
    view["alert"] = error
    return page("signin", asRoot ? "Sign in as the root user" : "Sign in", view, status: status)
  }

  fileprivate func signIn() async throws -> Answer {
    let typed = form["root"] == nil ? form.text("user") ?? "" : UserName.root.text
    // Root has a form of its own.
    let name = form["root"] != nil ? .root : (try? UserName(typed)).flatMap { $0 == .root ? nil : $0 }
    let subjects =
      [AttemptLimits.Subject(source: request.source)].compactMap(\.self)
      + [AttemptLimits.Subject(name: name, typed: typed)]
    if let wait = pages.limits.admit(subjects, at: now) {
      return refusing(try await signInPage(error: Self.tooManyAttempts(wait)), for: wait)
    }
    await slowDown()
    let login = try await checkPassword(of: name, countedFor: subjects)
    guard let login, let name else { return try await refuseSignIn(of: name) }
    pages.limits.forgive(subjects)
    let policy = try await accounts.passwordPolicy()
    if policy.expiresHard, name != .root, login.isExpired(under: policy, at: now) {
      return try await signInPage(
        error: "Your password has expired. An administrator has to renew it.", status: .forbidden)
    }
    let owner = try await accounts.account(of: name)
    if let session, let account {
      try await accounts.endPageSessions(of: account.user.name, at: now) { $0.id == session.id }
    }
    let next: PageSession.Stage =
      owner.hasMFA ? .code : login.mustChange(under: policy, at: now) ? .newPassword : .signedIn
    return try await carryOn(owner, to: next, hasMFA: false, on: .password(login))
  }

  /// The profile that the password in the form opens; nil for a wrong one.
  private func checkPassword(
    of name: UserName?, countedFor subjects: [AttemptLimits.Subject]
  ) async throws -> LoginProfile? {
    let accounts = accounts, password = form.secret("password"), now = now
    return try await pages.limits.forgivingIfBusy(subjects) {
      try await request.whileClientWaits { try await accounts.checkPassword(password, of: name, at: now) }
    }
  }

  /// The same row and the same work for whoever is not there.
  private func refuseSignIn(of name: UserName?) async throws -> Answer {
    let known = try await accounts.store.account(of: name ?? .root)?.user.name
    try await accounts.record(
      AuditEvent.Name.consoleLogin.rawValue, .rejected, reason: "wrong user name or password",
      user: known == name ? known : nil, at: now)
    return try await signInPage(error: "The user name or the password is wrong.", status: .forbidden)
  }

  /// While somebody may be guessing codes of all users, those who are not signed in wait.
  private func slowDown() async {
    // Woken early by the end of the connection alone.
    if pages.budget.isExceeded(at: now) { try? await Task.sleep(for: .seconds(1)) }
  }

  private func mustChangePassword(_ owner: Account) async throws -> Bool {
    guard let login = owner.record.login else { return false }
    return login.mustChange(under: try await accounts.passwordPolicy(), at: now)
  }

  /// The next step, in a session under a new secret.
  private func carryOn(
    _ owner: Account, to stage: PageSession.Stage, hasMFA: Bool, on ground: AccountService.Ground
  ) async throws -> Answer {
    var answer = redirect(to: path(of: stage))
    answer.hold(
      try await start(stage, hasMFA: hasMFA, of: owner.user.name, on: ground), for: request)
    return answer
  }

  /// - Returns: what the browser is to hold.
  func start(
    _ stage: PageSession.Stage, hasMFA: Bool, of user: UserName, on ground: AccountService.Ground
  ) async throws -> String {
    try await accounts.startPageSession(
      AccountService.NewSession(
        stage: stage, hasMFA: hasMFA, source: request.source, agent: request.headers[.userAgent] ?? ""),
      of: user, on: ground, at: now)
  }

  // MARK: The code

  fileprivate func codePage(error: String? = nil, alert: String? = nil) -> Answer {
    var view: View = [
      "form": self.view(
        of: PageForm(
          action: "/mfa", submit: "Continue", fields: [codeField(error: error)], hidden: hidden(codeKind))),
      "links": [codeKindLink(from: returnPath.leading(from: "/mfa"))],
      "cancel": cancel,
    ]
    view["alert"] = alert
    return page("step", "Multi-factor authentication", view, status: error == nil && alert == nil ? .ok : .forbidden)
  }

  fileprivate func checkCode() async throws -> Answer {
    await slowDown()
    let owner = try owner(), session = try ownSession()
    switch try await check(form["code"] ?? "", of: owner.user.name) {
    case .right:
      let next: PageSession.Stage = try await mustChangePassword(owner) ? .newPassword : .signedIn
      return try await carryOn(owner, to: next, hasMFA: true, on: .session(session))
    case .wrong(let text): return codePage(error: text)
    case .locked(let text): return codePage(alert: text)
    }
  }

  // MARK: A new password

  fileprivate func newPasswordPage(error: (field: String, text: String)? = nil) -> Answer {
    let send = PageForm(
      action: "/new-password", submit: "Set password", fields: Field.newPassword(error: error), hidden: hidden())
    return page(
      "step", "Choose a new password",
      [
        "lines": ["You have to choose a new password before you can go on."], "form": view(of: send),
        "cancel": cancel,
      ],
      status: error == nil ? .ok : .unprocessableContent)
  }

  fileprivate func setNewPassword() async throws -> Answer {
    let owner = try owner(), session = try ownSession()
    guard form["new"] == form["repeat"] else { return newPasswordPage(error: ("repeat", "The two are not the same.")) }
    let new = form.secret("new")
    let result = await result { () throws(AccountError) in
      try await accounts.replacePassword(of: owner.user.name, by: new, keeping: session.id, at: now)
    }
    switch result {
    case .success: return try await carryOn(owner, to: .signedIn, hasMFA: session.hasMFA, on: .session(session))
    case .failure(.passwordPolicy(let reason)): return newPasswordPage(error: ("new", reason + "."))
    case .failure(let error): throw error
    }
  }

  // MARK: Out

  fileprivate func signOut() async throws -> Answer {
    if let session, let account {
      try await accounts.endPageSessions(of: account.user.name, at: now) { $0.id == session.id }
    }
    var answer = redirect(to: "/signin")
    answer.hold(nil, for: request)
    return answer
  }

  /// Whether the query of `/auth` holds `mfa=required`, in any case of letters and wherever it stands.
  ///
  /// Proxies pass the application's own query on, which may be anything: nothing else of it is read, and nothing is refused.
  fileprivate var demandsMFA: Bool {
    let words = (request.query ?? "").split { "&;?".contains($0) }
    return words.contains { word in
      let bytes = Array(word.replacing("+", with: " ").utf8)
      let decoded = (try? PercentEncoding.decode(bytes.span, what: "the query")) ?? ""
      return decoded.filter { $0 != " " }.lowercased() == "mfa=required"
    }
  }

  /// Answers a proxy that asks before it lets somebody through (nginx's auth_request, Caddy's forward_auth).
  fileprivate func authorize(demandingMFA: Bool) -> Answer {
    guard isSignedIn, !mustAssign, let account else { return Answer(.unauthorized) }
    // Signing in again would not bring a second factor.
    if demandingMFA, !hasMFA { return Answer(.forbidden) }
    // Names may hold more than a header can; what it can hold, but for the percent sign, stays as it is.
    let name = PercentEncoding.encode(account.user.name.text, keeping: "!\"#$&'()*+,/:;<=>?@[\\]^`{|}")
    return Answer(.ok, headers: [.forwardedUser: name])
  }
}

extension Field {
  /// A new password, twice.
  static func newPassword(error: (field: String, text: String)?) -> [Field] {
    [
      Field(
        name: "new", label: "New password", type: "password", error: error?.field == "new" ? error?.text : nil,
        autocomplete: "new-password"),
      Field(
        name: "repeat", label: "New password again", type: "password",
        error: error?.field == "repeat" ? error?.text : nil, autocomplete: "new-password"),
    ]
  }
}
