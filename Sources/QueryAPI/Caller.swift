internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import ServiceHTTP

/// Who signed a request.
struct Caller: Sendable {
  let user: IAMUser
  /// nil for a long-term key.
  let session: TemporaryCredentials?

  var principal: Principal { Principal(user) }
  var name: UserName { user.user.name }
  var context: AuthorizationContext { AuthorizationContext(mfaPresent: session?.mfaPresent ?? false) }
}

/// Finds out who signed a request, and whether it was they.
struct RequestAuthentication: Sendable {
  let directory: DirectoryService

  /// - Throws: ``QueryError``, and what prevents an answer.
  func caller(of request: Incoming, query: QueryForm, service: String) async throws -> Caller {
    let signed = request.asSigned
    let signature = try SignatureV4(of: signed, query: query)
    try signature.check(for: service, at: request.time)
    guard let token = signature.sessionToken else { return try await longTerm(signature, of: signed, at: request.time) }
    return try await temporary(signature, token: token, of: signed, at: request.time)
  }

  private func longTerm(_ signature: SignatureV4, of request: SignedRequest, at now: UnixTime) async throws -> Caller {
    guard let user = try await directory.store.iamUser(withAccessKey: signature.accessKeyID),
      let key = user.record.accessKeys.first(where: { $0.id == signature.accessKeyID }), key.isActive
    else { throw QueryError.invalidToken }
    let secret = try await directory.secret(of: key, user: user.user.name)
    guard try signature.matches(request, secret: secret.bytes) else { throw QueryError.wrongSignature }
    try await directory.noteUse(
      of: key, by: user.user.name, service: signature.service, region: signature.region, at: now)
    return Caller(user: user, session: nil)
  }

  private func temporary(_ signature: SignatureV4, token: String, of request: SignedRequest, at now: UnixTime)
    async throws -> Caller
  {
    guard let session = try await directory.credentials(in: token, accessKeyID: signature.accessKeyID, at: now) else {
      throw QueryError.invalidToken
    }
    guard try signature.matches(request, secret: session.secret.bytes) else { throw QueryError.wrongSignature }
    guard now < session.expiresAt else { throw QueryError.expiredToken }
    switch session.subject {
    case .user(let name, let id):
      // Gone, or gone and made again: a session is of one user, not of a name.
      guard let user = try await directory.store.iamUser(named: name), user.userID == id else {
        throw QueryError.invalidToken
      }
      return Caller(user: user, session: session)
    }
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
