internal import Dispatch
internal import Foundation

/// Signals turned into bytes of a pipe, which a wait can watch together with other input. It lasts as long as the
/// process: nothing is closed or restored, so that no late signal writes where something else was opened since.
final class SignalPipe: Sendable {
  let reading: Int32
  // A dispatch source may be used from any thread; the array is never changed.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  init?(_ signals: [Int32]) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return nil }
    let writing = ends[1]
    reading = ends[0]
    unsafe sources = signals.compactMap { number in
      // The source sees a signal only where its default action does not end the process. One that was ignored before,
      // as under nohup, stays so.
      let before = signal(number, SIG_IGN)
      guard unsafe unsafeBitCast(before, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        var byte = UInt8(number)
        _ = unsafe write(writing, &byte, 1)
      }
      source.activate()
      return source
    }
  }

  /// The signal that came.
  func next() -> Int32? {
    var byte: UInt8 = 0
    return unsafe read(reading, &byte, 1) == 1 ? Int32(byte) : nil
  }
}
