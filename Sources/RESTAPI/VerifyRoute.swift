internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import Verifier
package import ServiceHTTP

extension RESTService {
  /// The longest id of a request that is kept.
  private static let requestIDLimit = 200

  /// What takes the same request as ``verify(_:)``, and answers without looking at the store.
  package func constantRoute(_ pattern: String) -> RouteTable.Route {
    route(.post, pattern, .verifyCode, on: .user) { call in
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
      let attempt = try await attempt(text, by: user, requestID: requestID, call)
      if !attempt.isRepeated { observe(attempt.verdict, call.now) }
      return .json(Self.text(of: attempt.verdict))
    } catch {
      // The verifier has counted it as the wrong code that it is.
      if error == .requestIDTaken { observe(.rejected(.wrongCode), call.now) }
      throw error
    }
  }

  private func attempt(
    _ text: String, by user: UserName, requestID: String?, _ call: Call
  ) async throws(VerifierError) -> Attempt {
    guard RecoveryCode.isTyped(text.utf8.span) else {
      return try await call.verifier.attempt(Self.code(text), by: user, requestID: requestID, at: call.now)
    }
    return try await call.verifier.attempt(Self.recoveryCode(text), by: user, requestID: requestID, at: call.now)
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
