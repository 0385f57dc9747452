internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import ServiceHTTP

extension PageService {
  /// Name and password, then a code, then a new password where one is asked for; and the way out.
  var signInRoutes: [RouteTable.Route] {
    [
      get("/signin", .anyone) { try await $0.signInPage() },
      get("/signin/{alias}", .anyone) { call in
        let settings = try await call.directory.store.settings(), alias = call.parameters.first
        guard alias == settings.alias || alias == settings.id.text else { throw PageProblem.notFound }
        return try await call.signInPage()
      },
      post("/signin", .anyone) { try await $0.signIn() },
      get("/mfa", .signingIn(.code)) { $0.codePage() },
      post("/mfa", .signingIn(.code)) { try await $0.checkCode() },
      get("/new-password", .signingIn(.newPassword)) { $0.newPasswordPage() },
      post("/new-password", .signingIn(.newPassword)) { try await $0.setNewPassword() },
      post("/signout", .anyone) { try await $0.signOut() },
      get("/auth", .anyone, readsQuery: false) { $0.forwardAuthentication(demandingMFA: $0.demandsMFA) },
      get("/auth/mfa", .anyone, readsQuery: false) { $0.forwardAuthentication(demandingMFA: true) },
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
    let settings = try await directory.store.settings()
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

  /// The use case, on behalf of whoever is here.
  var signingIn: SignIn {
    SignIn(
      directory: directory, limits: pages.limits, slowsDown: { [budget = pages.budget] in budget.isExceeded(at: $0) },
      observe: pages.observe)
  }

  fileprivate func signIn() async throws -> Answer {
    let name = form["root"] == nil ? form.text("user") ?? "" : nil
    let former = session.flatMap { session in user.map { ($0.user.name, session) } }
    let outcome = try await signingIn.begin(
      SignIn.Credentials(name: name, password: form.secret("password")), replacing: former, from: request, at: now)
    switch outcome {
    case .next(let step): return goOn(to: step)
    case .refused(.tooManyAttempts(let wait)):
      return refusing(try await signInPage(error: Self.tooManyAttempts(wait)), for: wait)
    case .refused(.expired):
      return try await signInPage(
        error: "Your password has expired. An administrator has to renew it.", status: .forbidden)
    case .refused(.wrongNameOrPassword):
      return try await signInPage(error: "The user name or the password is wrong.", status: .forbidden)
    }
  }

  /// The page of the next step, in the session of that step.
  private func goOn(to step: SignIn.Step) -> Answer {
    var answer = redirect(to: path(of: step.stage))
    answer.hold(step.session, for: request)
    return answer
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
    let outcome = try await signingIn.checkCode(
      form["code"] ?? "", of: owner(), in: ownSession(), from: request, at: now)
    switch outcome {
    case .next(let step): return goOn(to: step)
    case .refused(let refusal): return refusal.isLock ? codePage(alert: refusal.text) : codePage(error: refusal.text)
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
    guard form["new"] == form["repeat"] else { return newPasswordPage(error: ("repeat", "The two are not the same.")) }
    let outcome = try await signingIn.setNewPassword(
      form.secret("new"), of: owner(), in: ownSession(), from: request, at: now)
    switch outcome {
    case .next(let step): return goOn(to: step)
    case .refused(let reason): return newPasswordPage(error: ("new", reason + "."))
    }
  }

  // MARK: Out

  fileprivate func signOut() async throws -> Answer {
    if let session, let user {
      try await directory.endPageSessions(of: user.user.name, at: now) { $0.id == session.id }
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
  fileprivate func forwardAuthentication(demandingMFA: Bool) -> Answer {
    guard isSignedIn, !mustAssign, let user else { return Answer(.unauthorized) }
    // Signing in again would not bring a second factor.
    if demandingMFA, !mfaPresent { return Answer(.forbidden) }
    // Names may hold more than a header can; what it can hold, but for the percent sign, stays as it is.
    let name = PercentEncoding.encode(user.user.name.text, keeping: "!\"#$&'()*+,/:;<=>?@[\\]^`{|}")
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
