extension UInt8 {
  /// Space, tab, line feed, vertical tab, form feed and carriage return.
  package var isASCIIWhiteSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  /// `0` to `9`.
  package var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  /// The value of a hexadecimal digit in either case.
  @inlinable package var hexadecimalValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    default: nil
    }
  }
  /// C0 controls and DEL.
  package var isASCIIControl: Bool { self < 0x20 || self == 0x7F }
}

extension FixedWidthInteger {
  /// The number that ASCII digits write: without a sign, which `init(_:)` would take.
  package init?(digits text: some StringProtocol) {
    guard text.utf8.allSatisfy(\.isASCIIDigit), let number = Self(text) else { return nil }
    self = number
  }
}

extension Sequence<UInt8> {
  /// Two hexadecimal digits in lower case for each byte.
  package var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension [UInt8] {
  /// The bytes of hexadecimal digits in either case, two for each; nil for anything else.
  package init?(hexadecimal digits: some Sequence<UInt8>) {
    let values = digits.map(\.hexadecimalValue)
    guard values.count.isMultiple(of: 2), !values.contains(nil) else { return nil }
    let digits = values.compactMap(\.self)
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension Span<UInt8> {
  /// Where the bytes between any ASCII white space at the two ends are.
  package var rangeWithoutOuterWhiteSpace: Range<Int> {
    var start = 0, end = count
    while start < end, self[start].isASCIIWhiteSpace { start += 1 }
    while end > start, self[end - 1].isASCIIWhiteSpace { end -= 1 }
    return start..<end
  }

  /// The index of the first `byte` at or after `start`.
  package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    (start..<count).first { self[$0] == byte }
  }

  /// The number of bytes of the space at `index`: U+0020, or another space separator of Unicode (category Zs) such as the
  /// no-break space. 0 for anything else, characters without width among it.
  package func lengthOfSpace(at index: Int) -> Int {
    if self[index] == 0x20 { return 1 }
    if self[index] == 0xC2, index + 1 < count, self[index + 1] == 0xA0 { return 2 }
    guard index + 2 < count else { return 0 }
    switch (self[index], self[index + 1], self[index + 2]) {
    case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F),
      (0xE3, 0x80, 0x80):
      return 3
    default: return 0
    }
  }
}
