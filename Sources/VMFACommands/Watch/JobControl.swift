internal import Foundation
internal import Synchronization

/// Stopping and going on, as a shell's job control asks for it (POSIX.1-2017, 11.1.4), while a terminal is in raw mode: it has
/// to be given back first, which takes more than a handler of signals may do.
enum JobControl {
  // Set by handlers: lock-free, and so safe in them.
  private static let isStopAsked = Atomic(false), hasResumed = Atomic(false)

  /// From now on SIGTSTP is kept for ``asked()``, and so is SIGCONT.
  static func arm() {
    _ = signal(SIGTSTP) { _ in JobControl.isStopAsked.store(true, ordering: .relaxed) }
    _ = signal(SIGCONT) { _ in JobControl.hasResumed.store(true, ordering: .relaxed) }
  }

  /// Both signals do again what they do by default.
  static func disarm() {
    _ = signal(SIGTSTP, SIG_DFL)
    _ = signal(SIGCONT, SIG_DFL)
  }

  /// The requests since the last call.
  static func asked() -> LiveTerminal.Event? {
    if isStopAsked.exchange(false, ordering: .relaxed) { return .stopped }
    return hasResumed.exchange(false, ordering: .relaxed) ? .resumed : nil
  }

  /// Stops every process of the job, as Ctrl-Z does; returns when it goes on, at once where no shell has job control.
  static func stop() {
    _ = signal(SIGTSTP, SIG_IGN)
    kill(0, SIGTSTP)
    // To this thread, and so before it does anything else. Threads of a pool have signals blocked.
    _ = signal(SIGTSTP, SIG_DFL)
    var stopping = sigset_t(), before = sigset_t()
    unsafe sigemptyset(&stopping)
    unsafe sigaddset(&stopping, SIGTSTP)
    _ = unsafe pthread_sigmask(SIG_UNBLOCK, &stopping, &before)
    raise(SIGTSTP)
    _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    arm()
    hasResumed.store(false, ordering: .relaxed)
  }
}
