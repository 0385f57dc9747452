import Foundation
import OATH
import Testing

@testable import Verifier

@Suite struct UUIDTests {
  private static let digits = "0123456789abcdef"
  private static let id = "01234567-89ab-7def-8123-456789abcdef"

  @Test func `ids are UUIDs of version 7, in the order in which they were made, also within a millisecond`() {
    // More than the counter of one millisecond holds.
    let ids = (0..<20_000).map { _ in TimeOrderedUUID.next() }
    #expect(Set(ids).count == ids.count && ids == ids.sorted())
    for id in ids.prefix(100) {
      #expect(UUIDText.read(id) == .lower)
      let parts = id.split(separator: "-").map(String.init)
      #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
      #expect(parts[2].first == "7" && parts[3].first.map("89ab".contains) == true)
    }
  }

  @Test func `ids do not run ahead of the clock`() throws {
    var last = ""
    for _ in 0..<20_000 { last = TimeOrderedUUID.next() }
    let milliseconds = try #require(Int64(last.prefix(13).filter { $0 != "-" }, radix: 16))
    // A millisecond has 4,096 ids.
    #expect(milliseconds < Int64(Date().timeIntervalSince1970 * 1000) + 1000)
  }

  @Test func `an id is its sixteen bytes`() {
    var bytes: [UInt8] = [1, 2]
    #expect(TimeOrderedUUID.append(Self.id, to: &bytes))
    #expect(bytes.hexadecimal == "0102" + Self.id.filter { $0 != "-" })
    #expect(TimeOrderedUUID.text(of: bytes[2...]) == Self.id)
    for other in [Self.id.uppercased(), String(Self.id.dropLast()), Self.id + "0", ""] {
      #expect(!TimeOrderedUUID.append(other, to: &bytes) && bytes.count == 18)
    }
  }

  @Test func `a hyphen stands in four places, and nowhere else`() {
    for place in Self.id.indices {
      for character in ["-", "0", "g", "G"] where Self.id[place] != "-" || character != "-" {
        var text = Self.id
        text.replaceSubrange(place...place, with: character)
        let isDigit = character == "0" && Self.id[place] != "-"
        #expect((UUIDText.read(text) != nil) == isDigit, "\(text)")
      }
    }
    #expect(UUIDText.read(Self.id.replacing("abcdef", with: "abcdeF")) == .upperOrMixed)
    #expect(UUIDText.read(Self.id.replacing("abcdef", with: "Abcdef")) == .upperOrMixed)
  }
}
