internal import Foundation

/// The terminal while `vmfa watch` has it: alternate screen, no echo, keys one by one. It is given back on every way out,
/// a crash included.
final class LiveTerminal: Sendable {
  private let descriptor: Int32
  private let signals: SignalPipe
  private let settings, raw: termios

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
    self.raw = raw
    CrashGuard.arm(descriptor: opened, settings: settings)
    JobControl.arm()
    enter()
  }

  /// Takes the terminal, also again after the shell had it.
  func enter() {
    var raw = raw
    _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &raw)
    show(CrashGuard.enter)
  }

  /// Gives the terminal back.
  func leave() {
    handOver()
    JobControl.disarm()
    CrashGuard.disarm()
    signals.disarm()
  }

  /// Gives the terminal to the shell and stops, with all of the job; takes it again when the shell lets the job go on.
  func suspend() {
    handOver()
    JobControl.stop()
    enter()
  }

  private func handOver() {
    show(CrashGuard.leave)
    var settings = settings
    _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &settings)
  }

  /// Columns and lines.
  var size: (columns: Int, lines: Int) { TerminalIO.size(of: descriptor) }

  /// Writes text in one piece.
  func show(_ text: String) { TerminalIO.write(text, to: descriptor) }

  /// What happened.
  enum Event: Equatable { case keys([WatchModel.Key]), resized, tick, stopped, resumed, ended(signal: Int32?) }

  /// Waits for a key, a signal, or the end of the time.
  func next(timeout milliseconds: Int32) -> Event {
    var waiting = [
      pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0),
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let count = unsafe poll(&waiting, 2, milliseconds)
    if let asked = JobControl.asked() { return asked }
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
