import Authentication
import Directory
import OATH
import StoreContract
import Testing
import Verifier

@Suite struct SignInTests {
  private let now = Fixture.now
  private static let password = "correct horse battery"

  /// una, with a password.
  private func fixture(mustChange: Bool = false) async throws -> Fixture {
    let fixture = try await Fixture()
    _ = try await fixture.directory.createLoginProfile(
      for: UserName("una"), password: Fixture.secret(Self.password), mustChange: mustChange, at: now)
    return fixture
  }

  private func signIn(_ fixture: Fixture, limits: AttemptLimits = AttemptLimits()) -> SignIn {
    SignIn(directory: fixture.directory, limits: limits, slowsDown: { _ in false }, observe: { _, _ in })
  }

  private func begin(
    _ fixture: Fixture, _ name: String? = "una", _ password: String = password, limits: AttemptLimits = AttemptLimits(),
    at time: UnixTime? = nil
  ) async throws -> SignIn.Outcome<SignIn.PasswordRefusal> {
    try await signIn(fixture, limits: limits).begin(
      SignIn.Credentials(name: name, password: Fixture.secret(password)), replacing: nil, from: Client(),
      at: time ?? now)
  }

  private func step<Refusal>(_ outcome: SignIn.Outcome<Refusal>) throws -> SignIn.Step {
    guard case .next(let step) = outcome else { throw VerifierError.corruptRecord("the test's step") }
    return step
  }

  @Test func `a password signs in one who has no device`() async throws {
    let fixture = try await fixture(), step = try step(try await begin(fixture))
    #expect(step.stage == .signedIn)
    let found = try #require(try await fixture.directory.pageSession(step.session, at: now))
    #expect(found.user.user.name.text == "una" && found.session.stage == .signedIn && !found.session.mfaPresent)
    #expect(found.session.source == "198.51.100.1" && found.session.agent == "a browser")
  }

  @Test(arguments: [("una", "wrong"), ("ghost", password), ("<root_account>", password), ("", password)])
  func `which of the two is wrong is not told, and leaves one row`(name: String, password: String) async throws {
    let fixture = try await fixture()
    guard case .refused(.wrongNameOrPassword) = try await begin(fixture, name, password) else {
      Issue.record("not refused")
      return
    }
    let rows = try await fixture.bench.verifier.auditRecords(AuditQuery(name: .consoleLogin))
    #expect(rows.map(\.event.outcome) == [.rejected])
  }

  @Test func `one who has a device shows a code of it, and a spent one opens nothing`() async throws {
    let fixture = try await fixture()
    _ = try await fixture.bench.enrolled(for: "una")
    let first = try step(try await begin(fixture))
    #expect(first.stage == .code)
    let (user, session) = try #require(try await fixture.directory.pageSession(first.session, at: now))
    let code = try Bench.code(Bench.step()).digits
    let signIn = signIn(fixture)
    for (typed, wanted) in [
      ("12345", TypedCodeRefusal.wrongLength(count: 5, expected: [.six])), ("abc", .malformed),
      (try Bench.wrongCode().digits, .wrong),
    ] {
      guard case .refused(wanted) = try await signIn.checkCode(typed, of: user, in: session, from: Client(), at: now)
      else {
        Issue.record("\(typed) was not refused as \(wanted)")
        continue
      }
    }
    let second = try step(try await signIn.checkCode(code, of: user, in: session, from: Client(), at: now))
    #expect(second.stage == .signedIn)
    #expect(try await fixture.directory.pageSession(second.session, at: now)?.session.mfaPresent == true)
    // The session that asked for the code is over.
    #expect(try await fixture.directory.pageSession(first.session, at: now) == nil)
    guard case .refused(.wrong) = try await signIn.checkCode(code, of: user, in: session, from: Client(), at: now)
    else {
      Issue.record("a spent code was taken")
      return
    }
  }

  @Test func `a password that has to be changed is changed before anything else`() async throws {
    let fixture = try await fixture(mustChange: true), first = try step(try await begin(fixture))
    #expect(first.stage == .newPassword)
    let (user, session) = try #require(try await fixture.directory.pageSession(first.session, at: now))
    let signIn = signIn(fixture)
    guard
      case .refused = try await signIn.setNewPassword(
        Fixture.secret("short"), of: user, in: session, from: Client(), at: now)
    else {
      Issue.record("the policy was not asked")
      return
    }
    let outcome = try await signIn.setNewPassword(
      Fixture.secret("battery staple"), of: user, in: session, from: Client(), at: now)
    #expect(try step(outcome).stage == .signedIn)
    #expect(try await step(begin(fixture, "una", "battery staple")).stage == .signedIn)
  }

  @Test func `a password that expired for good opens nothing, whoever has it but root`() async throws {
    let fixture = try await fixture()
    try await fixture.directory.changePasswordPolicy(at: now) { ($0.maximumAge, $0.expiresHard) = (1, true) }
    let later = now.advanced(by: 2 * 86_400)
    guard case .refused(.expired) = try await begin(fixture, at: later) else {
      Issue.record("not refused")
      return
    }
  }

  @Test func `the eleventh try of a name waits, whether anybody has it or not, and a right one is forgiven`()
    async throws
  {
    let fixture = try await fixture(), limits = AttemptLimits()
    for _ in 0..<12 { _ = try step(try await begin(fixture, limits: limits)) }
    for name in ["una", "ghost"] {
      for _ in 0..<10 {
        guard case .refused(.wrongNameOrPassword) = try await begin(fixture, name, "wrong", limits: limits) else {
          Issue.record("not compared")
          return
        }
      }
      guard case .refused(.tooManyAttempts(let wait)) = try await begin(fixture, name, limits: limits) else {
        Issue.record("compared")
        return
      }
      #expect((1...300).contains(wait))
    }
  }

  @Test func `a right password ends the session that the browser held`() async throws {
    let fixture = try await fixture(), first = try step(try await begin(fixture))
    let held = try #require(try await fixture.directory.pageSession(first.session, at: now))
    let outcome = try await signIn(fixture).begin(
      SignIn.Credentials(name: "una", password: Fixture.secret(Self.password)),
      replacing: (held.user.user.name, held.session), from: Client(), at: now)
    #expect(try step(outcome).stage == .signedIn)
    #expect(try await fixture.directory.pageSession(first.session, at: now) == nil)
  }
}
