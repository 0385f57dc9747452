internal import Foundation
internal import Synchronization

/// UUIDs of version 7 (RFC 9562 §5.7): milliseconds, then a counter within the millisecond, then randomness. They are unique,
/// and can be guessed. Foundation's `UUID()` asks the system for each anew, and costs a request a twentieth of its time.
package enum TimeOrderedUUID {
  private struct Last {
    var milliseconds: UInt64 = 0, counter: UInt64 = 0
    /// The second half of the id: drawn anew with each millisecond, and the counter tells those of one apart.
    var low: UInt64 = 0

    mutating func draw() { low = UInt64.random(in: 0...UInt64.max) >> 2 | 0x8000_0000_0000_0000 }
  }

  private static let last = Mutex(Last())

  /// A new one, by the clock of the system: 36 characters in lower case.
  package static func next() -> String {
    let present = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
    let id = last.withLock { last in
      if present > last.milliseconds || last.counter == 0xFFF {
        last.milliseconds = max(present, last.milliseconds + 1)
        last.counter = 0
        last.draw()
      } else {
        last.counter += 1
      }
      return last
    }
    return text(id.milliseconds << 16 | 0x7000 | id.counter, id.low)
  }

  /// Appends the sixteen bytes of an id.
  /// - Returns: whether there was anything to append: an id of ours is a UUID in lower case.
  static func append(_ id: String, to bytes: inout [UInt8]) -> Bool {
    var words: (high: UInt64, low: UInt64) = (0, 0)
    let letters = UUIDText.read(id) { digit in
      words.high = words.high << 4 | words.low >> 60
      words.low = words.low << 4 | UInt64(digit)
    }
    guard letters == .lower else { return false }
    for word in [words.high, words.low] {
      unsafe withUnsafeBytes(of: word.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }
    return true
  }

  /// The id of sixteen bytes.
  static func text(of bytes: ArraySlice<UInt8>) -> String {
    let words = bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return text(words, bytes.dropFirst(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
  }

  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    unsafe String(unsafeUninitializedCapacity: 36) { text in
      var place = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          unsafe text[place] = UInt8(ascii: "-")
          place += 1
        }
        let digit = UInt8((index < 16 ? high : low) >> (60 - 4 * UInt64(index % 16)) & 15)
        unsafe text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
        place += 1
      }
      return place
    }
  }
}
