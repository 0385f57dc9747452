internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import ServiceHTTP

/// One request for a page, and who it comes from.
struct PageCall: Sendable {
  let request: Incoming
  let parameters: [String]
  let pages: PageService
  let query: QueryForm
  /// What was sent; empty where a page is only looked at.
  let form: QueryForm
  /// Whose session it is; nil without one.
  let user: IAMUser?
  let session: PageSession?
  /// What forms carry: nobody else can know it.
  private let formToken: String
  /// What the browser is to hold for it, where it holds nothing yet.
  private let newFormSecret: String?

  var now: UnixTime { request.time }

  /// The parts of a request to read, beside its path and cookies.
  enum Input {
    /// For a page whose query string another application wrote.
    case nothing
    case query
    /// The query, and a form in the body.
    case form
  }

  /// - Throws: ``PageProblem`` for a form that was not made for this browser.
  init(_ request: Incoming, _ parameters: [String], pages: PageService, reading input: Input) async throws {
    self.request = request
    self.parameters = parameters
    self.pages = pages
    let held = Cookies.value(of: .session, in: request)
    let found = held == nil ? nil : try await pages.directory.pageSession(held ?? "", at: request.time)
    (user, session) = (found?.user, found?.session)
    let given = found == nil ? Cookies.value(of: .form, in: request) : held
    newFormSecret = given == nil ? try SecureRandom.bytes(count: 32).hexadecimal : nil
    formToken = try Self.token(of: given ?? newFormSecret ?? "")
    do throws(QueryForm.Failure) {
      query = input == .nothing ? QueryForm() : try Self.query(of: request)
      form = input == .form ? try QueryForm(parsing: request.body) : QueryForm()
    } catch { throw PageProblem(.badRequest, "Not understood", "The request is malformed.") }
    guard input == .form else { return }
    guard request.mediaType == "application/x-www-form-urlencoded" else {
      throw PageProblem(.unsupportedMediaType, "Not understood", "Forms come as application/x-www-form-urlencoded.")
    }
    let site = request.headers[.fetchSite] ?? "same-origin"
    // Whoever comes by a link from another site sees the sign-in page without their session, and sends it with it.
    let other = request.target == "/signin" ? Cookies.value(of: .form, in: request) : nil
    let token = Array((form["token"] ?? "").utf8)
    let isBound = try [given == nil ? nil : formToken, other.map(Self.token)].compactMap(\.self).contains { good in
      let good = Array(good.utf8)
      return ConstantTime.equal(token.span, good.span)
    }
    guard isBound, site == "same-origin" || site == "none" else { throw PageProblem.expiredForm }
  }

  /// nginx has no way to encode what it puts into a query string: a `return_to` that begins with a bare slash is all that
  /// follows, as it stands.
  private static func query(of request: Incoming) throws(QueryForm.Failure) -> QueryForm {
    let text = request.query ?? "", bare = "return_to=/"
    guard text.hasPrefix(bare) else { return try QueryForm(parsing: Array(text.utf8)) }
    var query = QueryForm()
    try query.add("return_to", "/" + text.dropFirst(bare.count))
    return query
  }

  /// For the page that says so, and nothing else.
  init(unreadable request: Incoming, pages: PageService) {
    self.request = request
    self.pages = pages
    (parameters, query, form, user, session) = ([], QueryForm(), QueryForm(), nil, nil)
    (formToken, newFormSecret) = ("", nil)
  }

  private static func token(of secret: String) throws -> String {
    let text = Array("vmfa form 1\n\(secret)".utf8)
    return try SHA256.hash(text.span).hexadecimal
  }

  /// The answer for one who may not see the page; nil for one who may.
  func refusal(_ requirement: PageService.Requirement) throws -> Answer? {
    switch requirement {
    case .anyone: return nil
    case .signingIn(let stage): return session?.stage == stage ? nil : redirect(to: "/signin")
    case .signedIn(let needs, let beforeAssigning):
      guard isSignedIn else { return redirect(to: here.leading(from: "/signin")) }
      if !beforeAssigning, mustAssign { return redirect(to: "/security-credentials") }
      for need in needs { try require(need.action, on: resource(need.subject)) }
      return nil
    }
  }

  /// This page, to come back to.
  private var here: ReturnPath {
    request.method == .get ? ReturnPath(request.target) : .front
  }

  // MARK: Who it is

  /// Whoever is signed in, or on the way to it.
  func owner() throws -> IAMUser {
    guard let user else { throw PageProblem.notAllowed }
    return user
  }

  func ownSession() throws -> PageSession {
    guard let session else { throw PageProblem.notAllowed }
    return session
  }

  var isSignedIn: Bool { session?.stage == .signedIn }
  /// Whether a second factor was shown, and is still there.
  var mfaPresent: Bool { session?.mfaPresent ?? false && user?.hasMFADevice ?? false }
  /// Whether there is nothing to be done before a device is assigned.
  var mustAssign: Bool { user.map { $0.record.requiresMFA && !$0.hasMFADevice } ?? false }

  /// On behalf of whoever it is.
  var directory: DirectoryService {
    pages.directory.on(
      behalfOf: RequestContext(
        actor: isSignedIn ? user?.arn ?? "" : "", source: request.source, requestID: request.id))
  }
  var verifier: Verifier { directory.verifier }

  /// What came of something: some errors are answers to a person, in the form that they sent.
  func result<R>(of body: () async throws(DirectoryError) -> R) async -> Result<R, DirectoryError> {
    do throws(DirectoryError) { return .success(try await body()) } catch { return .failure(error) }
  }

  /// `page`, for one who has to wait.
  func refusing(_ page: Answer, for seconds: Int64) -> Answer {
    var page = page
    page.status = .tooManyRequests
    page.headers[.retryAfter] = String(seconds)
    return page
  }

  static func tooManyAttempts(_ wait: Int64) -> String { "Too many attempts. Try again in \(wait.asWait)." }

  // MARK: Answers

  /// A page in its frame. `view` may say `notice` and `alert`.
  func page(_ template: String, _ title: String, _ view: View, status: HTTPResponse.Status = .ok) -> Answer {
    var view = view
    view["title"] = title
    view["issuer"] = pages.issuer
    if isSignedIn, let user {
      view["user"] = user.isRoot ? "Root user" : user.user.name.text
      view["isAdministrator"] = allows(.listUsers, on: .users(pathPrefix: "/")) && !mustAssign
      view["signOut"] = self.view(of: PageForm(action: "/signout", submit: "Sign out"))
    }
    var answer = Answer(status, type: "text/html; charset=utf-8", body: pages.templates.page(template, view))
    if let newFormSecret {
      answer.headers.append(Cookies.header(setting: .form, to: newFormSecret, isEncrypted: request.isEncrypted))
    }
    return answer
  }

  func page(_ problem: PageProblem) -> Answer {
    var answer = page("step", problem.title, problem.view, status: problem.status)
    answer.headers[.retryAfter] = problem.retryAfter.map(String.init)
    return answer
  }

  func view(of form: PageForm) -> View { form.view(token: formToken) }

  /// See other: what was sent is not sent again when the page is loaded anew.
  func redirect(to path: String) -> Answer { Answer(.seeOther, headers: [.location: path]) }
}

extension Answer {
  /// Has the browser hold a session, or forget it.
  mutating func hold(_ session: String?, for request: Incoming) {
    headers.append(Cookies.header(setting: .session, to: session, isEncrypted: request.isEncrypted))
    if session != nil { headers.append(Cookies.header(setting: .form, to: nil, isEncrypted: request.isEncrypted)) }
  }
}

extension QueryForm {
  /// What was typed into a field for a secret.
  func secret(_ name: String) -> SharedSecret {
    let bytes = Array((self[name] ?? "").utf8)
    return SharedSecret(SecretBytes(copying: bytes.span))
  }

  /// What was typed, without white space around it; nil for nothing.
  func text(_ name: String) -> String? {
    let text = (self[name] ?? "").drop { $0 == " " }
    let end = text.lastIndex { $0 != " " }
    return end.map { String(text[...$0]) }
  }
}

extension UnixTime {
  /// For people: to the minute.
  var forPeople: String { text.prefix(16).replacing("T", with: " ") + " UTC" }
}
