internal import AWSQuery
package import Authentication
package import Directory
internal import HTTPTypes
package import OATH
internal import OpenSSLCrypto
package import Verifier
package import ServiceHTTP

/// The pages, for people. They are made here and work without a script.
package struct PageService: Sendable {
  let directory: DirectoryService
  let issuer: String
  let templates: PageTemplates
  let limits: AttemptLimits
  let budget: GuessBudget
  let errors: ErrorReporter
  let observe: @Sendable (Verdict, UnixTime) -> Void

  /// - Parameters:
  ///   - directory: the users and devices that are served.
  ///   - issuer: as authenticators show it; the name of the service on every page.
  ///   - limits: of passwords, shared with all other fronts.
  ///   - budget: of wrong codes across all users.
  ///   - errors: told of what a person is not told.
  ///   - observe: told of every code that was checked.
  /// - Throws: what is wrong with a template.
  package init(
    directory: DirectoryService, issuer: String, limits: AttemptLimits, budget: GuessBudget, errors: ErrorReporter,
    observe: @escaping @Sendable (Verdict, UnixTime) -> Void
  ) throws {
    self.directory = directory
    self.issuer = issuer
    self.limits = limits
    self.budget = budget
    self.errors = errors
    self.observe = observe
    templates = try PageTemplates()
  }

  /// The condition under which a page is shown.
  enum Requirement: Sendable {
    /// Nothing.
    case anyone
    /// A session that has come so far in signing in.
    case signingIn(PageSession.Stage)
    /// A session that is signed in, of one who may do all of this. With `beforeAssigning` also of one who has to assign a
    /// device first.
    case signedIn([Need], beforeAssigning: Bool)

    static func signedIn(_ action: Action, on subject: Subject, beforeAssigning: Bool = false) -> Requirement {
      .signedIn([Need(action: action, subject: subject)], beforeAssigning: beforeAssigning)
    }

    /// A page of the list of users, about one of them.
    static func managing(_ action: Action) -> Requirement {
      .signedIn(
        [Need(action: .listUsers, subject: .users), Need(action: action, subject: .user)], beforeAssigning: false)
    }
  }

  /// An action that a page performs.
  struct Need: Sendable {
    let action: Action
    let subject: Subject
  }

  /// The resource of an action, by the path of the page.
  enum Subject: Sendable {
    /// The person who is signed in.
    case own
    /// The user of the path.
    case user
    /// All users.
    case users
    /// The account itself.
    case account
  }

  typealias Handler = @Sendable (PageCall) async throws -> Answer

  package var routes: [RouteTable.Route] {
    signInRoutes + credentialRoutes + deviceRoutes + userRoutes + auditRoutes + accountRoutes + [
      RouteTable.Route(.get, "/assets/pages.css") { _, _ in
        Self.asset("text/css; charset=utf-8", PackageResources.pages_css)
      },
      RouteTable.Route(.get, "/assets/pages.js") { _, _ in
        Self.asset("text/javascript; charset=utf-8", PackageResources.pages_js)
      },
    ]
  }

  private static func asset(_ type: String, _ content: [UInt8]) -> Answer {
    Answer(.ok, type: type, headers: [.cacheControl: "public, max-age=300"], body: content)
  }

  /// A page that is looked at.
  /// - Parameter readsQuery: whether the query string is ours; false for one that another application wrote.
  func get(
    _ pattern: String, _ requirement: Requirement, readsQuery: Bool = true, _ handler: @escaping Handler
  ) -> RouteTable.Route {
    RouteTable.Route(.get, pattern) { request, parameters in
      await answer(request, parameters, requirement, reading: readsQuery ? .query : .nothing, handler)
    }
  }

  /// A form that is sent.
  func post(_ pattern: String, _ requirement: Requirement, _ handler: @escaping Handler) -> RouteTable.Route {
    RouteTable.Route(.post, pattern) { request, parameters in
      await answer(request, parameters, requirement, reading: .form, handler)
    }
  }

  /// As `get`, for a handler that is called from elsewhere.
  func answer(
    _ request: Incoming, _ parameters: [String], _ requirement: Requirement, reading input: PageCall.Input,
    _ handler: @escaping Handler
  ) async -> Answer {
    var answer: Answer, call: PageCall?
    do {
      let made = try await PageCall(request, parameters, pages: self, reading: input)
      call = made
      if let refusal = try made.refusal(requirement) { answer = refusal } else { answer = try await handler(made) }
    } catch {
      let problem = PageProblem(error)
      if problem.status == .serviceUnavailable, problem.retryAfter == nil { errors.report(error, to: request.id) }
      answer = (call ?? PageCall(unreadable: request, pages: self)).page(problem)
    }
    return withPageHeaders(answer, isEncrypted: request.isEncrypted)
  }

  /// For what no route answers: it is not known who asks.
  package func page(_ problem: Problem, isEncrypted: Bool) -> Answer {
    let told = PageProblem(problem.status, problem.status.reasonPhrase, problem.detail.sentence)
    var answer = Answer(told.status, type: "text/html; charset=utf-8", headers: problem.headers)
    answer.body = templates.page("step", told.view.merging(["title": told.title, "issuer": issuer]) { $1 })
    return withPageHeaders(answer, isEncrypted: isEncrypted)
  }

  /// What every page has: no other site may frame it, read it, or put anything into it.
  private func withPageHeaders(_ answer: Answer, isEncrypted: Bool) -> Answer {
    var answer = answer
    answer.headers[.contentSecurityPolicy] = """
      default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
      frame-ancestors 'none'; base-uri 'none'
      """
    answer.headers[.referrerPolicy] = "same-origin"
    answer.headers[.frameOptions] = "DENY"
    answer.headers[.openerPolicy] = "same-origin"
    if isEncrypted { answer.headers[.strictTransportSecurity] = "max-age=31536000" }
    return answer
  }
}

/// Why there is no such page for this person, in words for them.
struct PageProblem: Error {
  var status: HTTPResponse.Status
  var title: String
  var text: String
  /// Seconds after which the same request may be answered; nil where waiting does not help, or nobody knows for how long.
  var retryAfter: Int?

  init(_ status: HTTPResponse.Status, _ title: String, _ text: String, retryAfter: Int? = nil) {
    self.status = status
    self.title = title
    self.text = text
    self.retryAfter = retryAfter
  }

  static let busy = PageProblem(
    .serviceUnavailable, "Busy", "Many people are signing in at the moment. Wait a few seconds and try again.",
    retryAfter: 2)

  static let notFound = PageProblem(.notFound, "Page not found", "There is nothing at this address.")
  static let notAllowed = PageProblem(
    .forbidden, "Not allowed", "This page is for administrators.")
  static let needsMFA = PageProblem(
    .forbidden, "MFA needed", "For this, sign in with an MFA device.")
  static let expiredForm = PageProblem(
    .forbidden, "The form has expired", "Nothing was changed. Go back, load the page again, and send it once more.")

  var view: View { ["lines": [text], "links": [["to": "/", "text": "Go to the front page"]]] }

  /// What any error is to a person. What went wrong inside is for the log.
  init(_ error: any Error) {
    switch error {
    case let problem as PageProblem: self = problem
    case DirectoryError.sessionOver: self.init(.forbidden, "Sign in again", "The session has ended meanwhile.")
    case DirectoryError.busy: self = .busy
    case DirectoryError.verifier(let error): self.init(error)
    case DirectoryError.noSuchUser, VerifierError.noSuchUser, VerifierError.noSuchDevice,
      DirectoryError.noSuchAccessKey:
      self.init(.notFound, "Not found", "It is not there, or not there any more.")
    case let error as DirectoryError: self.init(.conflict, "Not done", "\(error.description.sentence)")
    case let error as VerifierError:
      let told = Problem(error)
      self.init(
        told.status, told.status == .serviceUnavailable ? "Not available" : "Not done", told.detail.sentence)
    default:
      self.init(
        .serviceUnavailable, "Not available", "The service cannot answer at the moment. Nothing was accepted.")
    }
  }
}

extension String {
  /// The line as a sentence.
  var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
}

extension HTTPField.Name {
  static let contentSecurityPolicy = known("Content-Security-Policy")
  static let referrerPolicy = known("Referrer-Policy")
  static let frameOptions = known("X-Frame-Options")
  static let openerPolicy = known("Cross-Origin-Opener-Policy")
  static let strictTransportSecurity = known("Strict-Transport-Security")
  static let fetchSite = known("Sec-Fetch-Site")
  static let forwardedUser = known("X-Forwarded-User")
}
