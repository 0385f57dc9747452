internal import Foundation

/// Gives the terminal back when the process dies of itself: a handler that does nothing but that.
enum CrashGuard {
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
