internal import Accounts
internal import HTTPTypes
internal import OATH
internal import Verifier

extension RESTService {
  /// The longest id of a request that is kept.
  private static let requestIDLimit = 200

  /// What takes the same request as ``verify(_:)``, and answers without looking at the store.
  func constantRoute(_ pattern: String) -> RouteTable.Route {
    route(.post, pattern, .verify) { call in
      _ = try Self.request(call)
      return .json(#"{"result":"rejected","reason":"no_device"}"#)
    }
  }

  private static func request(_ call: Call) throws -> (user: UserName, text: String, requestID: String?) {
    let body = try JSONObject(call.request, allowed: ["code", "request_id"])
    let text = try body.text("code"), requestID = try body.optionalText("request_id")
    if let requestID, requestID.isEmpty || requestID.unicodeScalars.count > requestIDLimit {
      throw Problem.badRequest("request_id has 1 to \(requestIDLimit) characters")
    }
    return (try call.user(), text, requestID)
  }

  func verify(_ call: Call) async throws -> Answer {
    let (user, text, requestID) = try Self.request(call)
    do throws(VerifierError) {
      let verdict = try await answer(to: text, of: user, requestID: requestID, call)
      observe(verdict, call.now)
      return .json(Self.text(of: verdict))
    } catch {
      // The verifier has counted it as the wrong code that it is.
      if error == .requestIDTaken { observe(.rejected(.wrongCode), call.now) }
      throw error
    }
  }

  private func answer(
    to text: String, of user: UserName, requestID: String?, _ call: Call
  ) async throws(VerifierError) -> Verdict {
    do throws(VerifierError) {
      guard RecoveryCode.isTyped(text.utf8.span) else {
        return try await call.verifier.verify(Self.code(text), of: user, requestID: requestID, at: call.now)
      }
      return try await call.verifier.verify(Self.recoveryCode(text), of: user, requestID: requestID, at: call.now)
    } catch .noSuchUser {
      // Whoever asks is not told who there is, neither by the text nor by what it costs.
      try await call.accounts.record(
        AuditEvent.Name.verifyCode.rawValue, .rejected, reason: Rejection.noDevice.word, user: user, at: call.now)
      return .rejected(.noDevice)
    }
  }

  private static func code(_ text: String) throws(VerifierError) -> OneTimeCode {
    do throws(OATHError) { return try OneTimeCode(parsing: text) } catch { throw .oath(error) }
  }

  private static func recoveryCode(_ text: String) throws(VerifierError) -> RecoveryCode {
    do throws(OATHError) { return try RecoveryCode(parsing: text.utf8.span) } catch { throw .oath(error) }
  }

  private static func text(of verdict: Verdict) -> String {
    switch verdict {
    case .accepted(.code(let device, _)): #"{"result":"accepted","device":\#(device.text.quotedAsJSON)}"#
    case .accepted(.recoveryCode(let left)): #"{"result":"accepted","recovery_codes_left":\#(left)}"#
    case .rejected(.locked(let retryAfter?)):
      #"{"result":"rejected","reason":"locked","retry_after":\#(retryAfter)}"#
    case .rejected(let rejection): #"{"result":"rejected","reason":"\#(rejection.word)"}"#
    }
  }
}
