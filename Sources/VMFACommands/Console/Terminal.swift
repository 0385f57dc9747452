internal import Foundation
internal import OpenSSLCrypto

/// The controlling terminal (`/dev/tty`), which is there however the standard streams are redirected.
///
/// From the moment it is opened until it is let go, SIGINT, SIGTERM, SIGHUP and SIGQUIT do not end the process: they end the
/// wait for a line, so that what was begun can be undone first.
final class Terminal: Dialogue {
  private let descriptor: Int32
  private let signals: SignalPipe

  private init(descriptor: Int32, signals: SignalPipe) {
    self.descriptor = descriptor
    self.signals = signals
  }

  /// nil for a process without a terminal.
  static func open() -> Terminal? {
    let descriptor = unsafe Foundation.open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard let signals = SignalPipe.shared else {
      close(descriptor)
      return nil
    }
    signals.arm()
    return Terminal(descriptor: descriptor, signals: signals)
  }

  deinit {
    signals.disarm()
    close(descriptor)
  }

  var columns: Int { TerminalIO.size(of: descriptor).columns }

  func show(_ text: String) { TerminalIO.write(text, to: descriptor) }

  func ask(_ prompt: String) -> Reply {
    show(prompt.withoutControls)
    var line: [UInt8] = []
    while true {
      switch nextByte() {
      case .byte(UInt8(ascii: "\n")): return .line(String(decoding: line, as: UTF8.self))
      case .byte(let byte): line.append(byte)
      case .endOfInput: return .endOfInput
      case .interrupted(let signal): return .interrupted(signal: signal)
      }
    }
  }

  func askSecret(_ prompt: String) throws -> SharedSecret {
    var settings = termios()
    guard unsafe tcgetattr(descriptor, &settings) == 0 else {
      throw CommandError(.inputOutput, "the terminal cannot hide what is typed")
    }
    let shown = settings
    settings.c_lflag &= ~tcflag_t(ECHO)
    _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &settings)
    defer {
      var restored = shown
      _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &restored)
      show("\n")
    }
    show(prompt.withoutControls)
    var line = SecretBuffer()
    while true {
      switch nextByte() {
      case .byte(UInt8(ascii: "\n")): return SharedSecret(line.finish())
      case .byte(let byte): line.append(byte)
      case .endOfInput: throw Ending(.refused)
      case .interrupted(let signal): throw Ending(signal: signal)
      }
    }
  }

  private enum Input { case byte(UInt8), endOfInput, interrupted(signal: Int32) }

  private func nextByte() -> Input {
    while true {
      var waiting = [
        pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard unsafe poll(&waiting, 2, -1) > 0 else {
        if errno == EINTR { continue }
        return .endOfInput
      }
      if waiting[0].revents != 0 {
        guard let signal = signals.next() else { return .endOfInput }
        if signal == SIGWINCH { continue }
        return .interrupted(signal: signal)
      }
      var byte: UInt8 = 0
      let count = unsafe read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      return count == 1 ? .byte(byte) : .endOfInput
    }
  }
}
