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
    return try await AllOrNothing.run {
      introduce(new.handout, label: "\(request.issuer):\(request.user)")
      return Enabled(device: new.device, drift: try await askUntilAccepted(new))
    } undo: {
      try await enrolment.abandon(new, at: now())
      terminal.show("\n")
      terminal.tell("Not enrolled: the device was removed.")
    }
  }

  private func introduce(_ handout: Handout, label: String) {
    draw(handout)
    terminal.tell(label)
    if hidesSecret {
      terminal.tell("The secret is hidden: type s to show it.")
    } else {
      showSecret(handout)
    }
    terminal.tell("Type a code, and then the one that the authenticator shows after it.")
    terminal.tell("(r draws the QR code again, Ctrl-C gives up and leaves no device.)")
  }

  private func draw(_ handout: Handout) {
    guard let drawing else { return }
    do throws(QRCodeError) {
      let text = try drawing.draw(handout.symbol, columns: terminal.columns)
      terminal.tell("Scan this with the authenticator:")
      terminal.show("\n\(text)\n")
    } catch {
      terminal.tell(
        "\(error): \(narrowTerminalHint). Then type r to draw it, or type the secret into the authenticator.")
    }
  }

  private func showSecret(_ handout: Handout) {
    terminal.tell("Secret: \(handout.secretInGroups())")
  }

  /// Returns the drift of the enabled device, in steps.
  private func askUntilAccepted(_ new: NewDevice) async throws -> Int64 {
    while true {
      let pair = CodePair(
        try askCode("Code 1: ", of: new), try askCode("Code 2: ", of: new))
      let verdict = try await enrolment.complete(new.device, with: pair, at: now())
      switch verdict {
      case .accepted(_, _, let drift):
        terminal.tell(success(drift: drift, period: new.device.parameters.period))
        return drift
      case .refused:
        terminal.tell("Refused: \(verdict.explanation).")
      case .locked:
        terminal.tell("Refused: \(verdict.explanation).")
        throw Ending(.locked)
      case .budgetSpent:
        terminal.tell("Refused: too many pairs were wrong. Run vmfa enroll again for a new device and a new QR code.")
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
        let shown = new.device.parameters.digits.rawValue
        do throws(OATHError) {
          let code = try OneTimeCode(typed: text)
          if code.length == new.device.parameters.digits { return code }
          terminal.tell("\(new.device.user)'s device shows \(shown) digits; this has \(code.length.rawValue).")
        } catch {
          if let count = OneTimeCode.digitCount(typed: text.utf8.span), count > 0 {
            terminal.tell("\(new.device.user)'s device shows \(shown) digits; this has \(count).")
          } else {
            terminal.tell("That is not a code: \(error).")
          }
        }
      }
    }
  }

  private func success(drift: Int64, period: Int64) -> String {
    guard drift != 0 else { return "Accepted: the device is enabled." }
    let clock =
      "its clock is about \(abs(drift) * period) s \(drift > 0 ? "ahead" : "behind"), which is taken into account"
    return "Accepted: the device is enabled; \(clock)."
  }
}
