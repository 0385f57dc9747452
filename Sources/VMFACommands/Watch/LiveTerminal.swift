internal import Foundation

/// The terminal while `vmfa watch` has it: alternate screen, no echo, keys one by one. It is given back on every way out,
/// a crash included.
final class LiveTerminal: Sendable {
  private let descriptor: Int32
  private let signals: SignalPipe
  private let settings: termios

  /// nil for a process without a terminal.
  init?() {
    let opened = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var settings = termios()
    guard opened >= 0, unsafe tcgetattr(opened, &settings) == 0,
      let signals = SignalPipe.shared
    else { return nil }
    descriptor = opened
    signals.arm()
    self.signals = signals
    self.settings = settings
    var raw = settings
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
    raw.c_iflag &= ~tcflag_t(ICRNL | IXON)
    CrashGuard.arm(descriptor: opened, settings: settings)
    _ = unsafe tcsetattr(opened, TCSAFLUSH, &raw)
    show(CrashGuard.enter)
  }

  /// Gives the terminal back.
  func leave() {
    show(CrashGuard.leave)
    var settings = settings
    _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &settings)
    CrashGuard.disarm()
    signals.disarm()
  }

  /// Columns and lines.
  var size: (columns: Int, lines: Int) { TerminalIO.size(of: descriptor) }

  /// Writes text in one piece.
  func show(_ text: String) { TerminalIO.write(text, to: descriptor) }

  /// What happened.
  enum Event: Equatable { case keys([WatchModel.Key]), resized, tick, ended(signal: Int32?) }

  /// Waits for a key, a signal, or the end of the time.
  func next(timeout milliseconds: Int32) -> Event {
    var waiting = [
      pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let count = unsafe poll(&waiting, 2, milliseconds)
    guard count > 0 else { return .tick }
    if waiting[0].revents != 0 {
      guard let signal = signals.next() else { return .ended(signal: nil) }
      return signal == SIGWINCH ? .resized : .ended(signal: signal)
    }
    var bytes = [UInt8](repeating: 0, count: 256)
    let read = unsafe read(descriptor, &bytes, bytes.count)
    if read < 0, errno == EINTR { return .tick }
    return read > 0 ? .keys(WatchModel.Key.decode(Array(bytes.prefix(read)))) : .ended(signal: nil)
  }
}

/// Gives the terminal back when the process dies of itself: a handler that does nothing but that.
private enum CrashGuard {
  static let enter = "\u{1B}[?1049h\u{1B}[?25l"
  static let leave = restoring.description
  private static let deadly = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE]

  // Written before the handlers are set and not changed while they are, since `vmfa watch` makes the one LiveTerminal of
  // the process; read by a handler alone, in a process that is ending.
  nonisolated(unsafe) private static var descriptor: Int32 = -1
  nonisolated(unsafe) private static var settings = termios()
  // Cleared first: a terminal that was resized meanwhile may mix the two screens.
  private static let restoring: StaticString = "\u{1B}[H\u{1B}[2J\u{1B}[?25h\u{1B}[?1049l"

  static func arm(descriptor: Int32, settings: termios) {
    unsafe Self.descriptor = descriptor
    unsafe Self.settings = settings
    for number in deadly {
      _ = signal(number) { number in
        // write and tcsetattr are safe in a handler (POSIX.1-2017, 2.4.3).
        _ = unsafe write(CrashGuard.descriptor, CrashGuard.restoring.utf8Start, CrashGuard.restoring.utf8CodeUnitCount)
        _ = unsafe tcsetattr(CrashGuard.descriptor, TCSANOW, &CrashGuard.settings)
        _ = signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  static func disarm() {
    for number in deadly { _ = signal(number, SIG_DFL) }
  }
}
