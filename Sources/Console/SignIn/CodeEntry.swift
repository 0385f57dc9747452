internal import Authentication
internal import AWSQuery
internal import Directory
internal import HTTPTypes
internal import OATH
internal import Verifier
internal import ServiceHTTP

// What was typed into fields for codes.
extension TypedCodeRefusal {
  /// In words for the person who typed.
  var text: String {
    switch self {
    case .malformed: return "That is no code: type the digits that the device shows."
    case .wrongLength(let count, let expected):
      let shown = expected.map { String($0.rawValue) }.joined(separator: " or ")
      return "Your device shows \(shown) digits; this has \(count)."
    case .wrong: return "The code is wrong, or was used already. Wait for the next one."
    case .locked(let wait): return Self.lockText(wait)
    }
  }

  /// Whether the person is locked: that is told above the form, and not beside a field.
  var isLock: Bool { if case .locked = self { true } else { false } }

  /// - Parameter wait: seconds; nil until an administrator unlocks.
  static func lockText(_ wait: Int64?) -> String {
    guard let wait else { return "Too many wrong codes. An administrator has to unlock you." }
    return "Too many wrong codes. Try again in \(wait.asWait)."
  }
}

extension PageCall {
  // MARK: One code, of a device or in its place

  /// Whether a recovery code is asked for: a phone shows other keys for it.
  private var takesRecoveryCode: Bool { (form["recovery"] ?? query["recovery"]) != nil }

  func codeField(error: String?) -> Field {
    guard takesRecoveryCode else {
      return .code(
        "code", "MFA code", hint: "The digits that your authenticator shows.", error: error, of: user?.devices ?? [])
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
      return .page(firstCodePage(pairForm, error: TypedCodeRefusal(typed: first, lengths: [digits]).text))
    }
    guard let second = form["code2"] else { return .page(secondCodePage(pairForm, first: code1)) }
    guard let code2 = try? OneTimeCode(typed: second), code2.length == digits else {
      return .page(
        secondCodePage(pairForm, first: code1, error: TypedCodeRefusal(typed: second, lengths: [digits]).text))
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
    case .locked(let wait): firstCodePage(pairForm, alert: TypedCodeRefusal.lockText(wait))
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
