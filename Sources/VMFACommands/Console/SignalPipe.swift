internal import Dispatch
internal import Foundation
internal import Synchronization

/// Signals turned into bytes of a pipe, which a wait can watch together with other input. There is one for the process,
/// and it stays: no late signal can write where something else was opened since.
///
/// While somebody has it armed, a signal ends a wait; at all other times it does what it does by default.
final class SignalPipe: Sendable {
  /// nil where no pipe can be had.
  static let shared = SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH])

  let reading: Int32
  private let users = Mutex(0)
  // Filled by the initialiser, which one thread runs (`shared`), and not touched again, by the handlers neither: it only
  // keeps the sources alive. It varies since the handlers refer to a pipe that is initialised.
  private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

  private init?(_ signals: [Int32]) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return nil }
    let writing = ends[1]
    reading = ends[0]
    // Of its own: all threads of the others may be waiting for what a signal is to end.
    let queue = DispatchQueue(label: "vmfa signals")
    for number in signals {
      // The source sees a signal only where its default action does not end the process. One that was ignored before,
      // as under nohup, stays so.
      let before = signal(number, SIG_IGN)
      guard unsafe unsafeBitCast(before, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in
        guard let self, self.users.withLock({ $0 > 0 }) else { return Self.act(on: number) }
        var byte = UInt8(number)
        _ = unsafe write(writing, &byte, 1)
      }
      source.activate()
      unsafe sources.append(source)
    }
  }

  /// From now on signals end waits.
  func arm() { users.withLock { $0 += 1 } }

  /// Signals do again what they do by default; one that came and was not looked at does it now.
  func disarm() {
    guard
      users.withLock({ users in
        users -= 1
        return users == 0
      })
    else { return }
    var waiting = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    while unsafe poll(&waiting, 1, 0) > 0, let number = next() { Self.act(on: number) }
  }

  /// The signal that came.
  func next() -> Int32? {
    var byte: UInt8 = 0
    return unsafe read(reading, &byte, 1) == 1 ? Int32(byte) : nil
  }

  private static func act(on number: Int32) {
    guard number != SIGWINCH else { return }
    _ = signal(number, SIG_DFL)
    kill(getpid(), number)
  }
}
