internal import AWSQuery
internal import Accounts
internal import HTTPTypes
internal import OATH
internal import Verifier

// What was typed into fields for codes.
extension PageCall {
  private static let noCode = "That is no code: type the digits that the device shows."

  /// What became of a code, in words.
  enum CodeOutcome {
    case right
    case wrong(String)
    case locked(String)
  }

  /// Checks one code of a user, of a device or a recovery code.
  func check(_ typed: String, of user: UserName) async throws -> CodeOutcome {
    let bytes = Array(typed.utf8), verdict: Verdict
    do {
      if RecoveryCode.isTyped(bytes.span) {
        verdict = try await verifier.verify(RecoveryCode(parsing: bytes.span), of: user, at: now)
      } else {
        verdict = try await verifier.verify(OneTimeCode(typed: typed), of: user, at: now)
      }
    } catch is OATHError {
      return .wrong(Self.objection(to: typed, of: account?.devices.map(\.parameters.digits) ?? []))
    } catch VerifierError.wrongCodeLength(let expected) {
      return .wrong(Self.objection(to: typed, of: expected))
    }
    pages.observe(verdict, now)
    switch verdict {
    case .accepted: return .right
    case .rejected(.locked(let wait)): return .locked(Self.lockText(wait))
    case .rejected: return .wrong("The code is wrong, or was used already. Wait for the next one.")
    }
  }

  /// Explains why text is not a code of the person's devices.
  /// - Parameter lengths: those of the person's devices.
  private static func objection(to typed: String, of lengths: [Digits]) -> String {
    guard let count = OneTimeCode.digitCount(typed: typed.utf8.span), count > 0, !lengths.isEmpty else { return noCode }
    let shown = Set(lengths.map(\.rawValue)).sorted().map(String.init).joined(separator: " or ")
    return "Your device shows \(shown) digits; this has \(count)."
  }

  /// - Parameter wait: seconds; nil until an administrator unlocks.
  static func lockText(_ wait: Int64?) -> String {
    guard let wait else { return "Too many wrong codes. An administrator has to unlock you." }
    return "Too many wrong codes. Try again in \(wait.asWait)."
  }

  // MARK: One code, of a device or in its place

  /// Whether a recovery code is asked for: a phone shows other keys for it.
  private var takesRecoveryCode: Bool { (form["recovery"] ?? query["recovery"]) != nil }

  func codeField(error: String?) -> Field {
    guard takesRecoveryCode else {
      return .code(
        "code", "MFA code", hint: "The digits that your authenticator shows.", error: error, of: account?.devices ?? [])
    }
    return Field(
      name: "code", label: "Recovery code", hint: "Four groups of four letters and digits. Each is good once.",
      error: error)
  }

  /// What a form with ``codeField(error:)`` has to send along.
  var codeKind: [String: String] { takesRecoveryCode ? ["recovery": "1"] : [:] }

  /// The link to the other kind, from the page at `path`.
  func codeKindLink(from path: String) -> [String: String] {
    takesRecoveryCode
      ? ["to": path, "text": "Use a code of an MFA device"]
      : ["to": path + (path.contains("?") ? "&" : "?") + "recovery=1", "text": "Use a recovery code"]
  }

  // MARK: Two consecutive codes

  /// What a form that asks for two codes is about.
  struct PairForm {
    var title: String
    var action: String
    var lines: [String]
    var submit: String
    var device: Device
  }

  /// Either the pair, or the page that asks for what is missing of it. The second code is asked for when the first one was
  /// typed: nobody has both at once.
  enum PairEntry {
    case pair(CodePair)
    case page(Answer)
  }

  func pair(_ pairForm: PairForm) -> PairEntry {
    let digits = pairForm.device.parameters.digits
    guard let first = form["code1"] else { return .page(firstCodePage(pairForm)) }
    guard let code1 = try? OneTimeCode(typed: first), code1.length == digits else {
      return .page(firstCodePage(pairForm, error: Self.objection(to: first, of: [digits])))
    }
    guard let second = form["code2"] else { return .page(secondCodePage(pairForm, first: code1)) }
    guard let code2 = try? OneTimeCode(typed: second), code2.length == digits else {
      return .page(secondCodePage(pairForm, first: code1, error: Self.objection(to: second, of: [digits])))
    }
    // Nearly always it is: but two steps may share a code, so whoever says it twice is believed.
    guard code1 != code2 || form["again"] != nil else {
      return .page(
        secondCodePage(
          pairForm, first: code1, isAgain: true,
          error: "That is the first code again. Wait until the device shows the next one."))
    }
    return .pair(CodePair(code1, code2))
  }

  func firstCodePage(_ pairForm: PairForm, error: String? = nil, alert: String? = nil) -> Answer {
    let field = Field.code(
      "code1", "First code", hint: "What the device shows now.", error: error, of: [pairForm.device])
    return codePage(pairForm, field, hidden: [:], submit: "Continue", alert: alert, isError: error ?? alert != nil)
  }

  private func secondCodePage(
    _ pairForm: PairForm, first: OneTimeCode, isAgain: Bool = false, error: String? = nil
  ) -> Answer {
    let left = pairForm.device.parameters.period - now.seconds % pairForm.device.parameters.period
    let field = Field.code(
      "code2", "Second code", hint: "The code right after the first. The device shows it in about \(left.asWait).",
      error: error, of: [pairForm.device])
    var hidden = ["code1": first.digits]
    if isAgain { hidden["again"] = "1" }
    return codePage(pairForm, field, hidden: hidden, submit: pairForm.submit, alert: nil, isError: error != nil)
  }

  private func codePage(
    _ pairForm: PairForm, _ field: Field, hidden: [String: String], submit: String, alert: String?, isError: Bool
  ) -> Answer {
    var view: View = [
      "lines": pairForm.lines,
      "form": self.view(of: PageForm(action: pairForm.action, submit: submit, fields: [field], hidden: hidden)),
      "links": [["to": "/security-credentials", "text": "Cancel"]],
    ]
    view["alert"] = alert
    return page("step", pairForm.title, view, status: isError ? .unprocessableContent : .ok)
  }

  /// The page that begins anew after a pair was refused; nil for one that was accepted.
  func refusal(_ verdict: SyncVerdict, _ pairForm: PairForm) -> Answer? {
    switch verdict {
    case .accepted: nil
    case .refused:
      firstCodePage(
        pairForm,
        alert: "These are not two consecutive codes of the device, or they were used already. Begin with the next one.")
    case .locked(let wait): firstCodePage(pairForm, alert: Self.lockText(wait))
    case .budgetSpent:
      firstCodePage(
        pairForm, alert: "Too many wrong pairs for this device. An administrator has to unlock it.")
    }
  }
}

extension Int64 {
  /// Seconds, as people say them.
  var asWait: String {
    if self < 60 { return self == 1 ? "1 second" : "\(self) seconds" }
    let minutes = (self + 59) / 60
    if minutes < 120 { return minutes == 1 ? "1 minute" : "\(minutes) minutes" }
    return "\((minutes + 59) / 60) hours"
  }
}
