public import OATH
public import OpenSSLCrypto
public import Verifier

extension DirectoryService {
  /// Gives a user a password.
  /// - Throws: ``DirectoryError/loginProfileExists(_:)``, ``DirectoryError/passwordPolicy(_:)``.
  public func createLoginProfile(
    for user: UserName, password: SharedSecret, mustChange: Bool, at now: UnixTime
  ) async throws(DirectoryError) -> LoginProfile {
    // Before a hash is paid for.
    guard try await iamUser(named: user).record.login == nil else { throw .loginProfileExists(user.text) }
    let profile = try await profile(with: password, mustChange: mustChange, at: now)
    return try await change(existing: user) { state, record, _ throws(DirectoryError) in
      guard record.login == nil else { throw .loginProfileExists(user.text) }
      record.login = profile
      state.events.append(AuditEvent(.createLoginProfile, at: now, user: user))
      return profile
    }
  }

  /// An administrator's change: the old password is not asked for. A new one ends the user's sessions on the pages.
  /// - Throws: ``DirectoryError/noLoginProfile(_:)``, ``DirectoryError/passwordPolicy(_:)``.
  public func updateLoginProfile(
    for user: UserName, password: SharedSecret?, mustChange: Bool?, at now: UnixTime
  ) async throws(DirectoryError) {
    guard let login = try await iamUser(named: user).record.login else { throw .noLoginProfile(user.text) }
    var hash: String?
    if let password { hash = try await newHash(of: password, after: login) }
    try await change(user) { [hash] state, record, _ throws(DirectoryError) in
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
  public func deleteLoginProfile(of user: UserName, at now: UnixTime) async throws(DirectoryError) {
    try await change(existing: user) { state, record, _ throws(DirectoryError) in
      guard record.login != nil else { throw .noLoginProfile(user.text) }
      record.login = nil
      record.sessions = []
      state.events.append(AuditEvent(.deleteLoginProfile, at: now, user: user))
    }
  }

  /// A user's change of their own password, which ends their sessions on the pages.
  /// - Parameters:
  ///   - user: whose it is.
  ///   - old: the password that they have, compared before anything is changed.
  ///   - new: held to the policy.
  ///   - session: the id of one that goes on.
  ///   - allowed: whether the user may change it although the policy lets users change nothing.
  ///   - now: the time of the change, for the password's age and the audit row.
  /// - Throws: ``DirectoryError/wrongPassword``, ``DirectoryError/mayNotChangePassword``,
  ///   ``DirectoryError/passwordPolicy(_:)``, ``DirectoryError/noLoginProfile(_:)``.
  public func changePassword(
    of user: UserName, from old: SharedSecret, to new: SharedSecret, keeping session: String? = nil,
    despitePolicy allowed: Bool = false, at now: UnixTime
  ) async throws(DirectoryError) {
    let iamUser = try await iamUser(named: user)
    if !allowed, try await !passwordPolicy().allowsChange { throw .mayNotChangePassword }
    guard let login = iamUser.record.login else { throw .noLoginProfile(user.text) }
    guard try await hasher.matches(old, anyOf: [login.hash]) else { throw .wrongPassword }
    let hash = try await newHash(of: new, after: login)
    try await change(user) { state, record, _ throws(DirectoryError) in
      // What was compared is what is replaced.
      guard record.login?.hash == login.hash else { throw .wrongPassword }
      record.replacePassword(by: hash, keeping: session, at: now)
      state.events.append(AuditEvent(.changePassword, at: now, user: user))
    }
  }

  /// A user's change of a password that has to be changed, by one who has just shown the old one. What it was is not taken.
  /// - Throws: ``DirectoryError/passwordPolicy(_:)``, ``DirectoryError/noLoginProfile(_:)``.
  public func replacePassword(
    of user: UserName, by new: SharedSecret, keeping session: String?, at now: UnixTime
  ) async throws(DirectoryError) {
    guard let login = try await iamUser(named: user).record.login else { throw .noLoginProfile(user.text) }
    if try await hasher.matches(new, anyOf: [login.hash]) {
      throw .passwordPolicy("The new password is the old one")
    }
    let hash = try await newHash(of: new, after: login)
    try await change(existing: user) { state, record, _ throws(DirectoryError) in
      guard record.login?.hash == login.hash else { throw .wrongPassword }
      record.replacePassword(by: hash, keeping: session, at: now)
      state.events.append(AuditEvent(.changePassword, at: now, user: user))
    }
  }

  /// The profile that this password of the user opens; nil for a wrong one. It takes as long for a user who is not there, or
  /// has none, or cannot be (nil). A hash of a lower cost than today's is made anew.
  public func checkPassword(
    _ password: SharedSecret, of user: UserName?, at now: UnixTime
  ) async throws(DirectoryError) -> LoginProfile? {
    let found = try await mappingErrors { () throws(VerifierError) in
      try await store.iamUser(named: user ?? .root)
    }.flatMap { $0.user.name == user ? $0 : nil }
    let login = found?.record.login
    let isRight = try await hasher.matches(password, anyOf: [login?.hash ?? hasher.nobodysHash])
    guard isRight, let user, let login else { return nil }
    var renewed: String?
    if let cost = PasswordHash(parsing: login.hash)?.cost, cost != hasher.cost {
      // Best effort: if the line is full, the next sign-in renews the hash.
      renewed = try? await hasher.hash(password)
    }
    return try await change(user) { [renewed] state, record, _ throws(DirectoryError) in
      guard var current = record.login, current.hash == login.hash else { return nil }
      current.lastUsedAt = now
      if let renewed { current.hash = renewed }
      record.login = current
      return current
    }
  }

  func profile(
    with password: SharedSecret, mustChange: Bool, at now: UnixTime
  ) async throws(DirectoryError) -> LoginProfile {
    try await requirePolicy(of: password)
    let hash = try await hasher.hash(password)
    return LoginProfile(hash: hash, createdAt: now, changedAt: now, mustChange: mustChange)
  }

  /// The hash of a new password, which is none of the old ones that the policy remembers.
  private func newHash(
    of password: SharedSecret, after login: LoginProfile
  ) async throws(DirectoryError) -> String {
    try await requirePolicy(of: password)
    if let count = try await passwordPolicy().reusePrevention {
      let remembered = Array(([login.hash] + login.previous).prefix(count))
      if try await hasher.matches(password, anyOf: remembered) {
        throw .passwordPolicy("Password was used before")
      }
    }
    return try await hasher.hash(password)
  }

  private func requirePolicy(of password: SharedSecret) async throws(DirectoryError) {
    let policy = try await passwordPolicy()
    if let objection = password.bytes.withBytes({ policy.objection(to: $0) }) { throw .passwordPolicy(objection) }
  }

  /// The one in force.
  public func passwordPolicy() async throws(DirectoryError) -> PasswordPolicy {
    let settings = try await mappingErrors { () throws(VerifierError) in try await store.settings() }
    return settings.passwordPolicy ?? .whereNoneIsSet
  }
}

extension UserRecord {
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
