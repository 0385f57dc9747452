internal import Verifier

// How answers are printed and how the command then ends: `accepted` or `rejected` on standard output, the reason in
// words on standard error, all of it in the JSON object.

private struct Answer: Encodable {
  var result: String
  var reason: String?
  var device: String?
  var drift: Int64?
  var retryAfter: Int64?
  var recoveryCodesLeft: Int?
}

extension Console {
  /// Prints the answer to a code.
  func answer(_ verdict: Verdict, json: Bool) throws -> ExitStatus {
    switch verdict {
    case .accepted(.code(let device, _)):
      return try print(Answer(result: "accepted", device: device.text), json: json, status: .done)
    case .accepted(.recoveryCode(let remaining)):
      note("that was a recovery code: \(remaining) left")
      return try print(Answer(result: "accepted", recoveryCodesLeft: remaining), json: json, status: .done)
    case .rejected(let rejection):
      say("vmfa: \(rejection.explanation)")
      var answer = Answer(result: "rejected", reason: rejection.word)
      if case .locked(let retryAfter) = rejection { answer.retryAfter = retryAfter }
      return try print(answer, json: json, status: answer.reason == "locked" ? .locked : .refused)
    }
  }

  /// Prints the answer to a pair of codes.
  func answer(_ verdict: SyncVerdict, json: Bool) throws -> ExitStatus {
    switch verdict {
    case .accepted(let device, _, let drift):
      return try print(Answer(result: "accepted", device: device.text, drift: drift), json: json, status: .done)
    case .refused:
      say("vmfa: \(verdict.explanation)")
      return try print(Answer(result: "rejected"), json: json, status: .refused)
    case .locked(let retryAfter):
      say("vmfa: \(verdict.explanation)")
      return try print(
        Answer(result: "rejected", reason: "locked", retryAfter: retryAfter), json: json, status: .locked)
    case .budgetSpent:
      say("vmfa: \(verdict.explanation)")
      return try print(Answer(result: "rejected", reason: "locked"), json: json, status: .locked)
    }
  }

  private func print(_ answer: Answer, json: Bool, status: ExitStatus) throws -> ExitStatus {
    if json { try printJSON(answer) } else { try print(answer.result) }
    return status
  }
}

extension Rejection {
  /// As a person reads it.
  var explanation: String {
    switch self {
    case .wrongCode: "the code is wrong"
    case .reused: "the code was used before, or is older than one that was: wait for the next one"
    case .locked(let retryAfter): lockExplanation(retryAfter)
    case .noDevice: "the user has no active device; vmfa enroll makes one"
    }
  }
}

extension SyncVerdict {
  /// As a person reads it.
  var explanation: String {
    switch self {
    case .accepted: "the codes are two consecutive, unused codes of the device"
    case .refused:
      "these are not two consecutive, unused codes of the device in the order in which it showed them: "
        + "wait for a new code and give it and the one after it"
    case .locked(let retryAfter): lockExplanation(retryAfter)
    case .budgetSpent:
      "too many pairs were refused in a row: an administrator resets this with vmfa device unlock"
    }
  }
}

private func lockExplanation(_ retryAfter: Int64?) -> String {
  guard let retryAfter else {
    return "locked after too many failures, until an administrator unlocks with vmfa user unlock"
  }
  return "locked after too many failures: try again in \(retryAfter) s"
}
