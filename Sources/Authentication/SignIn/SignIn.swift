public import Directory
public import OATH
public import OpenSSLCrypto
public import Verifier

/// The client of somebody who signs in.
public protocol SignInClient: Sendable {
  /// The network of the client's address; nil for an address that many clients share.
  var network: String? { get }
  /// The client's address; nil where there is none.
  var source: String? { get }
  /// The client's own description of itself.
  var agent: String { get }

  /// Runs `body`, and cancels it when the client goes away.
  func whileWaiting<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R
}

/// Signing in: a name and a password, then a code where the user has an MFA device, then a new password where one is due.
///
/// Each step ends in a session under a new secret, which says what the next step is. Every front that people sign in by
/// calls this.
public struct SignIn: Sendable {
  private let directory: DirectoryService
  private let limits: AttemptLimits
  private let slowsDown: @Sendable (UnixTime) -> Bool
  private let observe: @Sendable (Verdict, UnixTime) -> Void

  /// - Parameters:
  ///   - directory: on behalf of the client.
  ///   - limits: of passwords, shared by all fronts.
  ///   - slowsDown: whether sign-ins are delayed by a second, since somebody guesses at the codes of many users.
  ///   - observe: told of every code that was checked.
  public init(
    directory: DirectoryService, limits: AttemptLimits, slowsDown: @escaping @Sendable (UnixTime) -> Bool,
    observe: @escaping @Sendable (Verdict, UnixTime) -> Void
  ) {
    self.directory = directory
    self.limits = limits
    self.slowsDown = slowsDown
    self.observe = observe
  }

  /// The next stage, and the session that the client holds from now on.
  public struct Step: Sendable {
    public let stage: PageSession.Stage
    public let session: String
  }

  /// The outcome of a step.
  public enum Outcome<Refusal: Sendable>: Sendable {
    case next(Step)
    case refused(Refusal)
  }

  /// Why a password opened nothing.
  public enum PasswordRefusal: Sendable {
    /// Nothing was compared: the client may try again after so many seconds.
    case tooManyAttempts(wait: Int64)
    /// Which of the two is wrong is told to nobody.
    case wrongNameOrPassword
    /// The password was right, and is too old to be changed by its owner.
    case expired
  }

  // MARK: Name and password

  /// A name and a password, as they were typed.
  public struct Credentials: Sendable {
    /// nil for root, who signs in by a form of their own.
    public var name: String?
    public var password: SharedSecret

    public init(name: String?, password: SharedSecret) {
      self.name = name
      self.password = password
    }

    /// Root is no name that can be typed.
    fileprivate var user: UserName? {
      guard let name else { return .root }
      return (try? UserName(name)).flatMap { $0 == .root ? nil : $0 }
    }
  }

  /// Checks a password.
  /// - Parameters:
  ///   - credentials: what was typed.
  ///   - former: the session that the client holds, and whose it is; a right password ends it.
  ///   - client: who signs in.
  ///   - now: the service's clock.
  public func begin(
    _ credentials: Credentials, replacing former: (user: UserName, session: PageSession)?,
    from client: some SignInClient, at now: UnixTime
  ) async throws -> Outcome<PasswordRefusal> {
    let user = credentials.user
    let subjects =
      [client.network.map { AttemptLimits.Subject.network($0) }].compactMap(\.self)
      + [AttemptLimits.Subject(name: user, typed: credentials.name ?? UserName.root.text)]
    if let wait = limits.admit(subjects, at: now) { return .refused(.tooManyAttempts(wait: wait)) }
    await slowDown(at: now)
    let login = try await check(credentials.password, of: user, countedFor: subjects, from: client, at: now)
    guard let login, let user else {
      try await recordRefusal(of: user, at: now)
      return .refused(.wrongNameOrPassword)
    }
    limits.forgive(subjects)
    let policy = try await directory.passwordPolicy()
    if policy.expiresHard, user != .root, login.isExpired(under: policy, at: now) {
      return .refused(.expired)
    }
    let owner = try await directory.iamUser(named: user)
    if let former {
      try await directory.endPageSessions(of: former.user, at: now) { $0.id == former.session.id }
    }
    let next: PageSession.Stage =
      owner.hasMFADevice ? .code : login.mustChange(under: policy, at: now) ? .newPassword : .signedIn
    return .next(
      try await advance(user, to: next, mfaPresent: false, after: .password(login), from: client, at: now))
  }

  /// The profile that the password opens; nil for a wrong one.
  private func check(
    _ password: SharedSecret, of user: UserName?, countedFor subjects: [AttemptLimits.Subject],
    from client: some SignInClient, at now: UnixTime
  ) async throws -> LoginProfile? {
    let directory = directory
    return try await limits.forgivingIfBusy(subjects) {
      try await client.whileWaiting { try await directory.checkPassword(password, of: user, at: now) }
    }
  }

  /// Writes the same row after the same work, whether the user exists or not.
  private func recordRefusal(of user: UserName?, at now: UnixTime) async throws {
    let known = try await directory.store.iamUser(named: user ?? .root)?.user.name
    try await directory.record(
      AuditEvent.Name.consoleLogin.rawValue, .rejected, reason: "wrong user name or password",
      user: known == user ? known : nil, at: now)
  }

  // MARK: The code

  /// Checks a code of a device, or a recovery code.
  /// - Parameters:
  ///   - typed: the code as it was typed.
  ///   - user: who signs in.
  ///   - session: of stage ``PageSession/Stage/code``.
  public func checkCode(
    _ typed: String, of user: IAMUser, in session: PageSession, from client: some SignInClient, at now: UnixTime
  ) async throws -> Outcome<TypedCodeRefusal> {
    await slowDown(at: now)
    if let refusal = try await directory.check(typed, of: user, at: now, observe: observe) {
      return .refused(refusal)
    }
    var mustChange = false
    if let login = user.record.login {
      mustChange = login.mustChange(under: try await directory.passwordPolicy(), at: now)
    }
    let step = try await advance(
      user.user.name, to: mustChange ? .newPassword : .signedIn, mfaPresent: true, after: .session(session),
      from: client, at: now)
    return .next(step)
  }

  // MARK: A new password

  /// Replaces a password that has to be changed.
  /// - Parameters:
  ///   - new: the password that takes its place.
  ///   - user: who signs in.
  ///   - session: of stage ``PageSession/Stage/newPassword``.
  /// - Returns: refused with the reason where the policy does not take the password.
  public func setNewPassword(
    _ new: SharedSecret, of user: IAMUser, in session: PageSession, from client: some SignInClient, at now: UnixTime
  ) async throws -> Outcome<String> {
    do {
      try await directory.replacePassword(of: user.user.name, by: new, keeping: session.id, at: now)
    } catch DirectoryError.passwordPolicy(let reason) { return .refused(reason) }
    return .next(
      try await advance(
        user.user.name, to: .signedIn, mfaPresent: session.mfaPresent, after: .session(session), from: client, at: now))
  }

  // MARK: Sessions

  /// Goes on in a session with MFA, after two codes of a device were accepted.
  public func continueWithMFA(
    _ user: UserName, in session: PageSession, from client: some SignInClient, at now: UnixTime
  ) async throws -> Step {
    try await advance(user, to: .signedIn, mfaPresent: true, after: .session(session), from: client, at: now)
  }

  /// Starts a session under a new secret in the place of the last one, which is void from then on.
  private func advance(
    _ user: UserName, to stage: PageSession.Stage, mfaPresent: Bool,
    after precondition: DirectoryService.SessionPrecondition, from client: some SignInClient, at now: UnixTime
  ) async throws -> Step {
    let session = try await directory.startPageSession(
      DirectoryService.NewSession(stage: stage, mfaPresent: mfaPresent, source: client.source, agent: client.agent),
      of: user, on: precondition, at: now)
    return Step(stage: stage, session: session)
  }

  private func slowDown(at now: UnixTime) async {
    // Only the end of the connection wakes it earlier.
    if slowsDown(now) { try? await Task.sleep(for: .seconds(1)) }
  }
}
