internal import AWSQuery
internal import Authentication
internal import Directory
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

extension QueryAction {
  /// STS.
  static let sessionActions = [
    QueryAction(.getSessionToken, on: .account) { try await $0.getSessionToken() },
    QueryAction(.getCallerIdentity, on: .account) { try await $0.getCallerIdentity() },
  ]
}

extension ActionCall {
  fileprivate func getSessionToken() async throws -> XMLText? {
    var parameters = Parameters(form)
    let given = parameters.integer("DurationSeconds", in: 900...129_600)
    let serial = parameters.optional("SerialNumber", .serialNumber), code = parameters.optional("TokenCode", .code)
    try parameters.check()
    guard caller.session == nil else {
      throw QueryError.accessDenied("Cannot call GetSessionToken with session credentials")
    }
    let device = try await check(code, of: serial)
    let seconds = caller.user.isRoot ? min(given ?? 3600, 3600) : given ?? 43_200
    let (credentials, token) = try await directory.startSession(
      for: caller.user, with: device, lasting: Int64(seconds), at: now)
    var xml = XMLText()
    xml.group("Credentials") { xml in
      xml.element("AccessKeyId", credentials.accessKeyID)
      xml.element("SecretAccessKey", credentials.secret.bytes.withBytes { $0.text })
      xml.element("SessionToken", token)
      xml.element("Expiration", credentials.expiresAt.text)
    }
    return xml
  }

  /// The device whose code was right; nil where none was given.
  private func check(_ code: String?, of serial: String?) async throws -> Serial? {
    guard code != nil || serial != nil else { return nil }
    guard let code, let serial else {
      throw QueryError.accessDenied(
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ")
    }
    guard let device = caller.user.devices.first(where: { $0.serial.text == serial && $0.isAssigned })
    else {
      throw QueryError.accessDenied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid "
          + "and associated with this user. ")
    }
    let refused = QueryError.accessDenied(
      "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    let verdict: Verdict
    do { verdict = try await verify(code, on: device.serial) } catch VerifierError.wrongCodeLength { throw refused }
    observe(verdict)
    if case .accepted = verdict { return device.serial }
    var recorded = refused
    recorded.isRecorded = true
    throw recorded
  }

  private func verify(_ code: String, on device: Serial) async throws -> Verdict {
    try await verifier.verify(OneTimeCode(parsing: code), of: caller.name, on: device, at: now)
  }

  fileprivate func getCallerIdentity() async throws -> XMLText? {
    var xml = XMLText()
    xml.element("Arn", caller.user.arn)
    xml.element("UserId", caller.user.userID)
    xml.element("Account", caller.user.accountID.text)
    return xml
  }
}
