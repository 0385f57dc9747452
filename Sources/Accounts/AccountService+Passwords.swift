public import OATH
public import OpenSSLCrypto
public import Verifier

extension AccountService {
  /// Gives a user a password.
  /// - Throws: ``AccountError/loginProfileExists(_:)``, ``AccountError/passwordPolicy(_:)``.
  public func createLoginProfile(
    for user: UserName, password: SharedSecret, mustChange: Bool, at now: UnixTime
  ) async throws(AccountError) -> LoginProfile {
    // Before a hash is paid for.
    guard try await account(of: user).record.login == nil else { throw .loginProfileExists(user.text) }
    let profile = try await profile(with: password, mustChange: mustChange, at: now)
    return try await change(existing: user) { state, record, _ throws(AccountError) in
      guard record.login == nil else { throw .loginProfileExists(user.text) }
      record.login = profile
      state.events.append(AuditEvent(.createLoginProfile, at: now, user: user))
      return profile
    }
  }

  /// An administrator's change: the old password is not asked for. A new one ends the user's sessions on the pages.
  /// - Throws: ``AccountError/noLoginProfile(_:)``, ``AccountError/passwordPolicy(_:)``.
  public func updateLoginProfile(
    for user: UserName, password: SharedSecret?, mustChange: Bool?, at now: UnixTime
  ) async throws(AccountError) {
    guard let login = try await account(of: user).record.login else { throw .noLoginProfile(user.text) }
    var hash: String?
    if let password { hash = try await newHash(of: password, after: login) }
    try await change(user) { [hash] state, record, _ throws(AccountError) in
      guard var login = record.login else { throw .noLoginProfile(user.text) }
      if let hash {
        login.replaceHash(by: hash, at: now)
        record.sessions = []
      }
      if let mustChange { login.mustChange = mustChange }
      record.login = login
      state.events.append(AuditEvent(.updateLoginProfile, at: now, user: user))
    }
  }

  /// Takes a user's password away, and with it their sessions on the pages.
  public func deleteLoginProfile(of user: UserName, at now: UnixTime) async throws(AccountError) {
    try await change(existing: user) { state, record, _ throws(AccountError) in
      guard record.login != nil else { throw .noLoginProfile(user.text) }
      record.login = nil
      record.sessions = []
      state.events.append(AuditEvent(.deleteLoginProfile, at: now, user: user))
    }
  }

  /// A user's change of their own password, which ends their sessions on the pages. Root and administrators may, whatever
  /// the policy lets users do.
  /// - Parameters:
  ///   - user: whose it is.
  ///   - old: the password that they have, compared before anything is changed.
  ///   - new: held to the policy.
  ///   - session: the id of one that goes on.
  ///   - now: the time of the change, for the password's age and the audit row.
  /// - Throws: ``AccountError/wrongPassword``, ``AccountError/mayNotChangePassword``,
  ///   ``AccountError/passwordPolicy(_:)``, ``AccountError/noLoginProfile(_:)``.
  public func changePassword(
    of user: UserName, from old: SharedSecret, to new: SharedSecret, keeping session: String? = nil, at now: UnixTime
  ) async throws(AccountError) {
    let account = try await account(of: user), mayAlways = account.isRoot || account.record.isAdministrator
    if !mayAlways, try await !passwordPolicy().allowsChange { throw .mayNotChangePassword }
    guard let login = account.record.login else { throw .noLoginProfile(user.text) }
    guard try await PasswordHasher.shared.matches(old, anyOf: [login.hash]) else { throw .wrongPassword }
    let hash = try await newHash(of: new, after: login)
    try await change(user) { state, record, _ throws(AccountError) in
      // What was compared is what is replaced.
      guard record.login?.hash == login.hash else { throw .wrongPassword }
      record.replacePassword(by: hash, keeping: session, at: now)
      state.events.append(AuditEvent(.changePassword, at: now, user: user))
    }
  }

  /// A user's change of a password that has to be changed, by one who has just shown the old one. What it was is not taken.
  /// - Throws: ``AccountError/passwordPolicy(_:)``, ``AccountError/noLoginProfile(_:)``.
  public func replacePassword(
    of user: UserName, by new: SharedSecret, keeping session: String?, at now: UnixTime
  ) async throws(AccountError) {
    guard let login = try await account(of: user).record.login else { throw .noLoginProfile(user.text) }
    if try await PasswordHasher.shared.matches(new, anyOf: [login.hash]) {
      throw .passwordPolicy("The new password is the old one")
    }
    let hash = try await newHash(of: new, after: login)
    try await change(existing: user) { state, record, _ throws(AccountError) in
      guard record.login?.hash == login.hash else { throw .wrongPassword }
      record.replacePassword(by: hash, keeping: session, at: now)
      state.events.append(AuditEvent(.changePassword, at: now, user: user))
    }
  }

  /// The profile that this password of the user opens; nil for a wrong one. It takes as long for a user who is not there, or
  /// has none, or cannot be (nil). A hash of a lower cost than today's is made anew.
  public func checkPassword(
    _ password: SharedSecret, of user: UserName?, at now: UnixTime
  ) async throws(AccountError) -> LoginProfile? {
    let found = try await asking { () throws(VerifierError) in
      try await store.account(of: user ?? .root)
    }.flatMap { $0.user.name == user ? $0 : nil }
    let login = found?.record.login
    let isRight = try await PasswordHasher.shared.matches(password, anyOf: [login?.hash ?? Self.nobodysHash])
    guard isRight, let user, let login else { return nil }
    var renewed: String?
    if let cost = PasswordHash(parsing: login.hash)?.cost, cost != .current {
      // Best effort: if the line is full, the next sign-in renews the hash.
      renewed = try? await PasswordHasher.shared.hash(password)
    }
    return try await change(user) { [renewed] state, record, _ throws(AccountError) in
      guard var current = record.login, current.hash == login.hash else { return nil }
      current.lastUsedAt = now
      if let renewed { current.hash = renewed }
      record.login = current
      return current
    }
  }

  /// Of the current cost; no password is known that it fits.
  private static let nobodysHash = "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + String(repeating: "A", count: 43)

  func profile(
    with password: SharedSecret, mustChange: Bool, at now: UnixTime
  ) async throws(AccountError) -> LoginProfile {
    try await requirePolicy(of: password)
    let hash = try await PasswordHasher.shared.hash(password)
    return LoginProfile(hash: hash, createdAt: now, changedAt: now, mustChange: mustChange)
  }

  /// The hash of a new password, which is none of the old ones that the policy remembers.
  private func newHash(
    of password: SharedSecret, after login: LoginProfile
  ) async throws(AccountError) -> String {
    try await requirePolicy(of: password)
    if let count = try await passwordPolicy().reusePrevention {
      let remembered = Array(([login.hash] + login.previous).prefix(count))
      if try await PasswordHasher.shared.matches(password, anyOf: remembered) {
        throw .passwordPolicy("Password was used before")
      }
    }
    return try await PasswordHasher.shared.hash(password)
  }

  private func requirePolicy(of password: SharedSecret) async throws(AccountError) {
    let policy = try await passwordPolicy()
    if let objection = password.bytes.withBytes({ policy.objection(to: $0) }) { throw .passwordPolicy(objection) }
  }

  /// The one in force.
  public func passwordPolicy() async throws(AccountError) -> PasswordPolicy {
    let settings = try await asking { () throws(VerifierError) in try await store.settings() }
    return settings.passwordPolicy ?? .whereNoneIsSet
  }
}

extension AccountRecord {
  fileprivate mutating func replacePassword(by hash: String, keeping session: String?, at now: UnixTime) {
    login?.replaceHash(by: hash, at: now)
    login?.mustChange = false
    sessions.removeAll { $0.id != session }
  }
}

extension LoginProfile {
  fileprivate mutating func replaceHash(by new: String, at now: UnixTime) {
    // As many as a policy can ask for, so that one that is set later finds them.
    previous = Array(([hash] + previous).prefix(24))
    hash = new
    changedAt = now
  }
}
