internal import Foundation
public import OATH
public import OpenSSLCrypto
public import Verifier

extension DirectoryService {
  /// Makes the root user and its access key, once.
  /// - Parameters:
  ///   - id: the account id to take; nil for the one that the database was made with.
  ///   - password: root's, for pages.
  ///   - now: when.
  /// - Throws: ``DirectoryError/alreadyInitialised(_:)``.
  public func initialise(
    id: AccountID? = nil, password: SharedSecret? = nil, at now: UnixTime
  ) async throws(DirectoryError) -> (account: AccountID, key: AccessKey, secret: SharedSecret) {
    let present = try await mappingErrors { () throws(VerifierError) in try await store.iamUser(named: .root) }
    if present.map({ !$0.record.accessKeys.isEmpty }) ?? false {
      throw .alreadyInitialised("the account has a root access key already")
    }
    if let id {
      let counts = try await mappingErrors { () throws(VerifierError) in try await store.counts(at: now) }
      let settings = try await mappingErrors { () throws(VerifierError) in try await store.settings() }
      guard id == settings.id || counts.devices == 0 else {
        throw .alreadyInitialised("there are devices whose serials carry the account id \(settings.id.text)")
      }
    }
    var login: LoginProfile?
    if let password { login = try await profile(with: password, mustChange: false, at: now) }
    let account = try await changeSettings(.initialiseAccount, at: now) { settings throws(DirectoryError) in
      if let id { settings.id = id }
      return settings.id
    }
    try await change(.root) { [login] state, record, _ throws(DirectoryError) in
      if state.user == nil { state.addUser(.root, at: now) }
      if let login { record.login = login }
    }
    let (key, secret) = try await createAccessKey(for: .root, at: now)
    return (account, key, secret)
  }

  /// Sets the password policy.
  public func setPasswordPolicy(_ policy: PasswordPolicy, at now: UnixTime) async throws(DirectoryError) {
    try await changeSettings(.updatePasswordPolicy, at: now) { settings throws(DirectoryError) in
      settings.passwordPolicy = policy
    }
  }

  /// Removes the password policy.
  public func deletePasswordPolicy(at now: UnixTime) async throws(DirectoryError) {
    try await changeSettings(.deletePasswordPolicy, at: now) { settings throws(DirectoryError) in
      guard settings.passwordPolicy != nil else { throw .noPasswordPolicy }
      settings.passwordPolicy = nil
    }
  }

  /// Names the account; an alias that it had is replaced.
  public func setAlias(_ alias: String, at now: UnixTime) async throws(DirectoryError) {
    try await changeSettings(.createAlias, at: now, reason: alias) { settings throws(DirectoryError) in
      settings.alias = alias
    }
  }

  /// Changes the policy in force, and makes it the account's own.
  public func changePasswordPolicy(
    at now: UnixTime, _ body: @escaping @Sendable (inout PasswordPolicy) -> Void
  ) async throws(DirectoryError) {
    try await changeSettings(.updatePasswordPolicy, at: now) { settings in
      var policy = settings.passwordPolicy ?? .whereNoneIsSet
      body(&policy)
      settings.passwordPolicy = policy
    }
  }

  /// Takes the alias away.
  public func deleteAlias(_ alias: String, at now: UnixTime) async throws(DirectoryError) {
    try await changeSettings(.deleteAlias, at: now, reason: alias) { settings throws(DirectoryError) in
      guard settings.alias == alias else { throw .noSuchAlias(alias) }
      settings.alias = nil
    }
  }

  /// Makes a bearer token.
  /// - Returns: the token, `vmfa_` and 43 characters, which is not given out again.
  /// - Throws: ``DirectoryError/tokenExists(_:)``.
  public func createToken(
    _ name: String, scopes: Set<APIToken.Scope>, at now: UnixTime
  ) async throws(DirectoryError) -> (APIToken, secret: String) {
    let random: [UInt8]
    do throws(CryptoError) { random = try SecureRandom.bytes(count: 32) } catch { throw .verifier(.crypto(error)) }
    let secret = "vmfa_" + Data(random).base64URLEncodedString()
    let token = APIToken(name: name, scopes: scopes, createdAt: now, digest: try Self.digest(of: secret))
    let words = scopes.map(\.rawValue).sorted().joined(separator: " ")
    return try await changeSettings(.createToken, at: now, reason: "\(name): \(words)") {
      settings throws(DirectoryError) in
      guard !settings.tokenNames.contains(name) else { throw .tokenExists(name) }
      settings.tokens.append(token)
      return (token, secret)
    }
  }

  /// Revokes a bearer token: every replica refuses it within a second.
  /// - Throws: ``DirectoryError/noSuchToken(_:)``.
  public func revokeToken(_ name: String, at now: UnixTime) async throws(DirectoryError) {
    try await changeSettings(.revokeToken, at: now, reason: name) { settings throws(DirectoryError) in
      guard settings.tokenNames.contains(name) else { throw .noSuchToken(name) }
      settings.tokens.removeAll { $0.name == name }
      settings.unreadableTokens.removeAll { $0.name == name }
    }
  }

  package static func digest(of token: String) throws(DirectoryError) -> [UInt8] {
    let text = Array(token.utf8)
    do throws(CryptoError) { return try SHA256.hash(text.span) } catch { throw .verifier(.crypto(error)) }
  }
}

extension Data {
  /// For addresses and headers, without padding (RFC 4648 §5).
  func base64URLEncodedString() -> String {
    base64EncodedString().replacingOccurrences(of: "=", with: "").replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_")
  }

  /// What that was made of; nil for anything else.
  init?(base64URLEncoded text: some StringProtocol) {
    var text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    while text.utf8.count % 4 != 0 { text += "=" }
    self.init(base64Encoded: text)
  }
}
