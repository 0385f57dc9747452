internal import Enrollment
internal import OATH
internal import QRCode
internal import Verifier

/// The dialogue of `vmfa enroll`. However it ends, either the device is enabled or there is none.
struct EnrolmentDialogue {
  let enrolment: Enrollment
  let terminal: any Dialogue
  let drawing: TerminalDrawing?
  let hidesSecret: Bool
  let now: @Sendable () throws -> UnixTime

  struct Enabled {
    let device: Device
    let drift: Int64
  }

  /// Makes the device, and asks until a pair is accepted.
  func run(_ request: DeviceRequest) async throws -> Enabled {
    let new = try await enrolment.begin(request, at: now())
    do {
      introduce(new.handout, label: "\(request.issuer):\(request.user)")
      return Enabled(device: new.device, drift: try await askUntilAccepted(new))
    } catch {
      try await enrolment.abandon(new.device, at: now())
      terminal.show("\nNot enrolled: the device was removed.\n")
      throw error
    }
  }

  private func introduce(_ handout: Handout, label: String) {
    draw(handout)
    terminal.show("\(label)\n")
    if hidesSecret {
      terminal.show("The secret is hidden: type s to show it.\n")
    } else {
      showSecret(handout)
    }
    terminal.show(
      """
      Type a code, and then the one that the authenticator shows after it (r draws the QR code again, Ctrl-C gives up).

      """)
  }

  private func draw(_ handout: Handout) {
    guard let drawing else { return }
    do throws(QRCodeError) {
      let text = try drawing.draw(handout.symbol, columns: terminal.columns)
      terminal.show("Scan this with the authenticator:\n\n\(text)\n")
    } catch {
      terminal.show("\(error): \(narrowTerminalHint). Then type r to draw it, or type the secret into the authenticator.\n")
    }
  }

  private func showSecret(_ handout: Handout) {
    terminal.show("Secret: \(handout.secretInGroups())\n")
  }

  /// Returns the drift of the enabled device, in steps.
  private func askUntilAccepted(_ new: NewDevice) async throws -> Int64 {
    while true {
      let pair = CodePair(
        try askCode("Code 1: ", of: new), try askCode("Code 2: ", of: new))
      let verdict = try await enrolment.complete(new.device, with: pair, at: now())
      switch verdict {
      case .accepted(_, let drift):
        terminal.show(success(drift: drift, period: new.device.parameters.period))
        return drift
      case .refused:
        terminal.show("Refused: \(verdict.explanation).\n")
      case .locked, .budgetSpent:
        terminal.show("Refused: \(verdict.explanation).\n")
        throw Ending(.locked)
      }
    }
  }

  private func askCode(_ prompt: String, of new: NewDevice) throws -> OneTimeCode {
    while true {
      switch terminal.ask(prompt) {
      case .endOfInput: throw Ending(.refused)
      case .interrupted(let signal): throw Ending(signal: signal)
      case .line("r"): draw(new.handout)
      case .line("s"): showSecret(new.handout)
      case .line(let text):
        do throws(OATHError) {
          let code = try OneTimeCode(parsing: text)
          if code.length == new.device.parameters.digits { return code }
          terminal.show("This device's codes have \(new.device.parameters.digits.rawValue) digits.\n")
        } catch {
          terminal.show("That is not a code: \(error).\n")
        }
      }
    }
  }

  private func success(drift: Int64, period: Int64) -> String {
    guard drift != 0 else { return "Accepted: the device is enabled.\n" }
    let clock = "its clock is about \(abs(drift) * period) s \(drift > 0 ? "ahead" : "behind"), which is taken into account"
    return "Accepted: the device is enabled; \(clock).\n"
  }
}
