internal import Synchronization

/// How far long work is: a line that is written over at a terminal, and a line now and then elsewhere.
final class ProgressLine: Sendable {
  private struct State {
    var began = ContinuousClock.now
    var shown = ContinuousClock.now
    var isShown = false
  }

  private let console: Console
  private let unit: String
  private let isTerminal: Bool
  private let state = Mutex(State())

  init(_ console: Console, unit: String) {
    self.console = console
    self.unit = unit
    isTerminal = console.isErrorTerminal() && console.variable("TERM") != "dumb"
  }

  /// Nothing is shown of work that is done at once.
  func show(_ count: Int, of total: Int? = nil) {
    let now = ContinuousClock.now, pause: Duration = isTerminal ? .milliseconds(200) : .seconds(10)
    let rate: Int? = state.withLock { state in
      guard now - state.shown >= pause else { return nil }
      state.shown = now
      state.isShown = true
      let elapsed = now - state.began
      return count * 1000
        / max(1, Int(elapsed.components.seconds) * 1000 + Int(elapsed.components.attoseconds / 1_000_000_000_000_000))
    }
    guard let rate else { return }
    let share = total.map { total in " of \(total) (\(total == 0 ? 100 : count * 100 / total) %)" } ?? ""
    let text = "\(count)\(share) \(unit), \(rate)/s"
    if isTerminal { console.showProgress("\r\u{1B}[K\(text)") } else { console.say("vmfa: \(text)") }
  }

  /// Takes the line away.
  func end() {
    let wasShown = state.withLock { state in
      defer { state.isShown = false }
      return state.isShown
    }
    if isTerminal, wasShown { console.showProgress("\r\u{1B}[K") }
  }
}
