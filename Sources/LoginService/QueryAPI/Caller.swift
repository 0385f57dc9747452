internal import AWSQuery
internal import Accounts
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// Who signed a request.
struct Caller: Sendable {
  let account: Account
  /// nil for a long-term key.
  let session: SessionCredentials?

  var name: UserName { account.user.name }
  /// Root and administrators may do all.
  var mayDoAll: Bool { account.isRoot || account.record.isAdministrator }
  /// `aws:MultiFactorAuthPresent`.
  var hasMFA: Bool { session?.hasMFA ?? false }
}

/// Finds out who signed a request, and whether it was they.
struct Authentication: Sendable {
  let accounts: AccountService

  /// - Throws: ``QueryError``, and what prevents an answer.
  func caller(of request: Incoming, query: QueryForm, service: String) async throws -> Caller {
    let signed = request.asSigned
    let signature = try SignatureV4(of: signed, query: query)
    try signature.check(for: service, at: request.time)
    guard let token = signature.sessionToken else { return try await longTerm(signature, of: signed, at: request.time) }
    return try await temporary(signature, token: token, of: signed, at: request.time)
  }

  private func longTerm(_ signature: SignatureV4, of request: SignedRequest, at now: UnixTime) async throws -> Caller {
    guard let account = try await accounts.store.account(ofAccessKey: signature.accessKeyID),
      let key = account.record.accessKeys.first(where: { $0.id == signature.accessKeyID }), key.isActive
    else { throw QueryError.invalidToken }
    let secret = try await accounts.secret(of: key, user: account.user.name)
    guard try signature.matches(request, secret: secret.bytes) else { throw QueryError.wrongSignature }
    try await accounts.noteUse(
      of: key, by: account.user.name, service: signature.service, region: signature.region, at: now)
    return Caller(account: account, session: nil)
  }

  private func temporary(_ signature: SignatureV4, token: String, of request: SignedRequest, at now: UnixTime)
    async throws -> Caller
  {
    guard let session = try await accounts.session(token, accessKeyID: signature.accessKeyID, at: now) else {
      throw QueryError.invalidToken
    }
    guard try signature.matches(request, secret: session.secret.bytes) else { throw QueryError.wrongSignature }
    guard now < session.expiresAt else { throw QueryError.expiredToken }
    // Gone, or gone and made again: a session is of one user, not of a name.
    guard let account = try await accounts.store.account(of: session.user), account.userID == session.userID else {
      throw QueryError.invalidToken
    }
    return Caller(account: account, session: session)
  }
}

extension Incoming {
  /// As far as a signature covers it.
  fileprivate var asSigned: SignedRequest {
    SignedRequest(method: method.rawValue, host: host, query: query, body: body) { [headers] name in
      HTTPField.Name(name).map { headers[values: $0] } ?? []
    }
  }
}
