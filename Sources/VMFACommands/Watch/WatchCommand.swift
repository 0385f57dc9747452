internal import ArgumentParser
internal import OATH

/// `vmfa watch`.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show all codes live, with the time they have left.",
    discussion: "Type to filter, Enter copies the selected code, Tab covers and uncovers codes, q leaves.")

  @Argument(help: "Begin with this filter.")
  var filter: String?

  @Flag(help: "Cover the codes until Tab asks for them.")
  var hide = false

  @OptionGroup var options: VaultOptions

  func run() async throws {
    let console = Console.current
    guard console.variable("TERM") != "dumb" else {
      throw CommandError(
        .usage, "this terminal takes no control sequences (TERM=dumb)",
        hint: "vmfa list --codes is for such terminals: it prints the codes once")
    }
    var model = WatchModel(try await options.read(), filter: filter ?? "", hidesCodes: hide)
    guard let terminal = LiveTerminal() else {
      throw CommandError(.usage, "there is no terminal to watch at", hint: "vmfa list --codes prints them once")
    }
    let isPlain = console.variable("NO_COLOR") != nil
    let signal: Int32?
    do {
      defer { terminal.leave() }
      signal = try await watch(&model, on: terminal, usesColours: !isPlain, console)
    }
    if let signal { throw Ending(signal: signal) }
  }

  /// Returns the signal that ended it; nil when the person left.
  private func watch(
    _ model: inout WatchModel, on terminal: LiveTerminal, usesColours: Bool, _ console: Console
  ) async throws -> Int32? {
    while true {
      let size = terminal.size
      let frame = WatchFrame(columns: size.columns, lines: size.lines, usesColours: usesColours)
      terminal.show(frame.draw(&model, at: try console.now()))
      // Woken a little after the second has changed, and otherwise only by a key.
      switch terminal.next(timeout: console.millisecondsToNextSecond()) {
      case .tick, .resized: break
      case .stopped: terminal.suspend()
      case .resumed: terminal.enter()
      case .ended(let signal): return signal
      case .keys(let keys):
        for key in keys {
          switch model.press(key, pageSize: size.lines - 2) {
          case .none: break
          case .leave: return nil
          case .suspend: terminal.suspend()
          case .copy(let row): copy(row, of: &model, on: terminal, at: try console.now())
          }
        }
      }
    }
  }

  private func copy(_ row: Int, of model: inout WatchModel, on terminal: LiveTerminal, at now: UnixTime) {
    guard let code = model.code(of: row, at: now) else {
      return model.tell("a counter's code is not copied from here: vmfa code moves it on")
    }
    terminal.show(Clipboard.escape(code))
    PrintedSteps(console: .current).note(model.account(of: row), at: now)
    model.tell("copied the code of \(model.name(of: row))")
  }
}
