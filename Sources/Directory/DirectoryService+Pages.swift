internal import Foundation
public import OATH
public import OpenSSLCrypto
public import Verifier

extension DirectoryService {
  /// What a new session is to be.
  public struct NewSession: Sendable {
    /// How far its owner has come.
    public var stage: PageSession.Stage
    /// Whether a second factor was shown.
    public var mfaPresent: Bool
    /// Where the person is.
    public var source: String?
    /// What the browser says that it is.
    public var agent: String

    /// As its properties have it.
    public init(stage: PageSession.Stage, mfaPresent: Bool, source: String?, agent: String) {
      self.stage = stage
      self.mfaPresent = mfaPresent
      self.source = source
      self.agent = agent
    }
  }

  /// What a session follows from, which has to hold still when it starts.
  public enum SessionPrecondition: Sendable {
    /// The password was right: this was the profile.
    case password(LoginProfile?)
    /// The session that it takes the place of: whoever knew its secret knows nothing any more.
    case session(PageSession)

    fileprivate var session: PageSession? { if case .session(let session) = self { session } else { nil } }

    fileprivate func holds(in record: UserRecord, at now: UnixTime) -> Bool {
      switch self {
      case .password(let login):
        // A hash that was made anew is the same password.
        login?.createdAt == record.login?.createdAt && login?.changedAt == record.login?.changedAt
      case .session(let old): record.sessions.contains { $0.id == old.id && $0.isGood(at: now) }
      }
    }
  }

  /// Begins a session, or carries one on under a new secret.
  /// - Returns: what the browser is to hold.
  /// - Throws: ``DirectoryError/sessionOver`` where the ground is gone, or the user has got a device meanwhile.
  public func startPageSession(
    _ new: NewSession, of user: UserName, on precondition: SessionPrecondition, at now: UnixTime
  ) async throws(DirectoryError) -> String {
    let random: [UInt8], secret: String
    do throws(CryptoError) { random = try SecureRandom.bytes(count: 32) } catch { throw .verifier(.crypto(error)) }
    secret = random.hexadecimal
    let digest = try Self.digest(of: secret), old = precondition.session
    let session = PageSession(
      id: digest.prefix(8).hexadecimal, digest: digest, stage: new.stage, mfaPresent: new.mfaPresent,
      createdAt: old?.createdAt ?? now, seenAt: now, source: new.source, agent: String(new.agent.prefix(200)))
    try await change(existing: user) { state, record, _ throws(DirectoryError) in
      let hasDevice = state.devices.contains(where: \.isAssigned)
      guard precondition.holds(in: record, at: now), session.mfaPresent || !hasDevice || session.stage == .code else {
        throw .sessionOver
      }
      let others = record.sessions.filter { $0.isGood(at: now) && $0.id != old?.id }
      record.sessions = [session] + others.making(roomFor: session)
      if session.stage == .signedIn, old?.stage != .signedIn {
        state.events.append(
          AuditEvent(.consoleLogin, at: now, .accepted, reason: session.mfaPresent ? "MFA" : "no MFA", user: user))
      }
    }
    return Data(user.text.utf8).base64URLEncodedString() + "." + secret
  }

  /// The session that a browser holds, and whose it is; nil for one that is over, was revoked, or never was.
  public func pageSession(
    _ held: String, at now: UnixTime
  ) async throws(DirectoryError) -> (user: IAMUser, session: PageSession)? {
    guard let (user, secret) = Self.parts(of: held) else { return nil }
    let digest = try Self.digest(of: secret)
    let found = try await mappingErrors { () throws(VerifierError) in try await store.iamUser(named: user) }
    guard let found else { return nil }
    let session = found.record.sessions.first { ConstantTime.equal($0.digest.span, digest.span) }
    guard let session, session.isGood(at: now) else { return nil }
    // It began when there was no device yet, and is not to outlive that.
    if session.stage == .signedIn, !session.mfaPresent, found.hasMFADevice { return nil }
    if now.seconds - session.seenAt.seconds >= 300 {
      try await change(existing: user) { _, record, _ throws(DirectoryError) in
        for index in record.sessions.indices where record.sessions[index].id == session.id {
          record.sessions[index].seenAt = now
        }
      }
    }
    return (found, session)
  }

  private static func parts(of held: String) -> (user: UserName, secret: String)? {
    let parts = held.split(separator: ".", omittingEmptySubsequences: false)
    guard held.utf8.count <= 1024, parts.count == 2, parts[1].utf8.count == 64 else { return nil }
    guard let data = Data(base64URLEncoded: parts[0]), let text = String(validating: data, as: UTF8.self),
      let user = try? UserName(text)
    else { return nil }
    return (user, String(parts[1]))
  }

  /// Ends sessions of a user.
  /// - Parameters:
  ///   - user: whose they are.
  ///   - now: the time of the audit rows; a session that is over by then leaves none.
  ///   - which: those to be ended.
  public func endPageSessions(
    of user: UserName, at now: UnixTime, where which: @escaping @Sendable (PageSession) -> Bool
  ) async throws(DirectoryError) {
    try await change(existing: user) { state, record, _ throws(DirectoryError) in
      for session in record.sessions where which(session) && session.isGood(at: now) {
        state.events.append(AuditEvent(.endSession, at: now, reason: session.id, user: user))
      }
      record.sessions.removeAll(where: which)
    }
  }

  /// Whether the user has to have a second factor to come any further than to assigning one.
  public func setRequiresMFA(_ requires: Bool, of user: UserName, at now: UnixTime) async throws(DirectoryError) {
    try await change(existing: user) { state, record, _ throws(DirectoryError) in
      record.requiresMFA = requires
      state.events.append(
        AuditEvent(.requireMFA, at: now, reason: requires ? "required" : "not required", user: user))
    }
  }

  /// Gives a user a password that is good for one sign-in, and ends their sessions.
  /// - Returns: the password, which is not given out again.
  public func setOneTimePassword(of user: UserName, at now: UnixTime) async throws(DirectoryError) -> SharedSecret {
    let password = try await newOneTimePassword()
    if try await iamUser(named: user).record.login == nil {
      _ = try await createLoginProfile(for: user, password: password, mustChange: true, at: now)
    } else {
      try await updateLoginProfile(for: user, password: password, mustChange: true, at: now)
    }
    return password
  }

  /// A user with a password that is good for one sign-in.
  /// - Throws: ``DirectoryError/userExists(_:)``.
  public func createUserWithOneTimePassword(
    _ name: UserName, at now: UnixTime
  ) async throws(DirectoryError) -> SharedSecret {
    let password = try await newOneTimePassword()
    _ = try await createUser(name, password: password, mustChangePassword: true, at: now)
    return password
  }

  private func newOneTimePassword() async throws(DirectoryError) -> SharedSecret {
    let policy = try await passwordPolicy()
    do throws(CryptoError) { return try policy.randomPassword() } catch { throw .verifier(.crypto(error)) }
  }
}

extension [PageSession] {
  /// Those that stay. A password alone begins a session that waits for a code: such ones make room for each other, and those of
  /// whoever is signed in do not make room for them.
  fileprivate func making(roomFor new: PageSession) -> [PageSession] {
    let isOfItsKind = { (session: PageSession) in (session.stage == .signedIn) == (new.stage == .signedIn) }
    let newestFirst = filter(isOfItsKind).sorted { $0.seenAt > $1.seenAt }
    return newestFirst.prefix(PageSession.limit - 1) + filter { !isOfItsKind($0) }
  }
}

extension LoginProfile {
  /// Whether the next sign-in has to change the password, because somebody said so or because of its age.
  public func mustChange(under policy: PasswordPolicy, at now: UnixTime) -> Bool {
    mustChange || isExpired(under: policy, at: now)
  }

  /// Whether it is older than the policy lets it be.
  public func isExpired(under policy: PasswordPolicy, at now: UnixTime) -> Bool {
    guard let days = policy.maximumAge else { return false }
    return now.seconds - changedAt.seconds > Int64(days) * 86_400
  }
}

extension PasswordPolicy {
  /// A password that meets the policy, of letters and digits that are not taken for each other and a few symbols.
  func randomPassword() throws(CryptoError) -> SharedSecret {
    let kinds = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "-_+="].map { Array($0.utf8) }
    var bytes: [UInt8] = []
    for place in 0..<max(20, minimumLength) {
      let kind = kinds[place % kinds.count]
      bytes.append(kind[Int(try SecureRandom.number(below: UInt64(kind.count)))])
    }
    return SharedSecret(SecretBytes(copying: bytes.span))
  }
}

extension AuditEvent.Name {
  /// Somebody signed in on the pages, or failed to; AWS's word for it.
  public static let consoleLogin = Self(rawValue: "ConsoleLogin")
  /// A session on the pages was ended.
  public static let endSession = Self(rawValue: "EndSession")
  /// A user has to have MFA, or has not.
  public static let requireMFA = Self(rawValue: "RequireMFA")
}
