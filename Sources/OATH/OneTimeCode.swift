internal import OpenSSLCrypto

/// A one-time code: exactly 6, 7 or 8 ASCII digits, leading zeros included.
///
/// There is one spelling of each code in here, so comparison and the record of spent codes cannot disagree about it.
/// Two codes are compared in constant time, and a code does not describe itself: ``digits`` is the one way out.
public struct OneTimeCode: Sendable {
  /// The ASCII digits, the last one lowest.
  private let packed: UInt64
  /// How many digits there are.
  public let length: Digits

  /// The code of a truncated HMAC (RFC 4226 §5.3): its lowest decimal digits.
  init(truncated: UInt32, length: Digits) {
    packed = truncated.asciiDigits & UInt64.max >> UInt64(64 - 8 * length.rawValue)
    self.length = length
  }

  /// Reads what a program sent: white space (ASCII) around the code is dropped, and nothing else forgiven.
  /// - Throws: ``OATHError/malformedCode(_:)`` for any other character and for a wrong number of digits.
  public init(parsing text: Span<UInt8>) throws(OATHError) {
    try self.init(text, mayHoldSpaces: false)
  }

  /// Reads what a person typed or pasted. Apps show codes in groups, so spaces between digits are dropped as well,
  /// no-break spaces among them. Tabs and line ends inside the code are not: what follows them is something else.
  /// - Throws: ``OATHError/malformedCode(_:)`` for any other character and for a wrong number of digits.
  public init(typed text: Span<UInt8>) throws(OATHError) {
    try self.init(text, mayHoldSpaces: true)
  }

  private init(_ text: Span<UInt8>, mayHoldSpaces: Bool) throws(OATHError) {
    let (packed, count) = try Self.digits(in: text, mayHoldSpaces: mayHoldSpaces)
    guard count > 0 else { throw .malformedCode("a code is missing: it is 6, 7 or 8 digits") }
    guard let length = Digits(rawValue: count) else {
      throw .malformedCode("a code is 6, 7 or 8 digits, not \(count)")
    }
    self.packed = packed
    self.length = length
  }

  /// How many digits were typed, where they are nothing but that; nil for other text.
  package static func digitCount(typed text: Span<UInt8>) -> Int? {
    try? digits(in: text, mayHoldSpaces: true).count
  }

  /// The digits as ``packed`` has them, the last eight of them, and how many there are.
  private static func digits(
    in text: Span<UInt8>, mayHoldSpaces: Bool
  ) throws(OATHError) -> (packed: UInt64, count: Int) {
    let code = text.extracting(text.rangeWithoutOuterWhiteSpace)
    var packed: UInt64 = 0, count = 0, index = 0
    while index < code.count {
      if mayHoldSpaces, case let space = code.lengthOfSpace(at: index), space > 0 {
        index += space
        continue
      }
      guard code[index].isASCIIDigit else {
        throw .malformedCode("a code is 6, 7 or 8 digits from 0 to 9 and nothing else")
      }
      packed = packed << 8 | UInt64(code[index])
      count += 1
      index += 1
    }
    return (packed, count)
  }

  /// As ``init(parsing:)-(Span<UInt8>)``, from text.
  public init(parsing text: String) throws(OATHError) {
    try self.init(parsing: text.utf8.span)
  }

  /// As ``init(typed:)-(Span<UInt8>)``, from text.
  public init(typed text: String) throws(OATHError) {
    try self.init(typed: text.utf8.span)
  }

  /// The code as people type it, such as `"007430"`.
  public var digits: String {
    let bytes = (0..<UInt64(length.rawValue)).reversed().map { UInt8(truncatingIfNeeded: packed >> (8 * $0)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension OneTimeCode: Equatable {
  /// Compares in a time that does not depend on the digits.
  public static func == (a: OneTimeCode, b: OneTimeCode) -> Bool {
    ConstantTime.equal(a.packed, b.packed)
  }
}

extension OneTimeCode: CustomStringConvertible, CustomReflectable {
  /// Redacted, so that a code cannot end in a log by accident.
  public var description: String { "a code of \(length.rawValue) digits" }
  /// Redacted as well: `dump` and test failures walk mirrors.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension UInt32 {
  /// The eight lowest decimal digits in ASCII, the last one lowest: halved until each has a byte of its own, all parts at
  /// once.
  fileprivate var asciiDigits: UInt64 {
    let (high, low) = (UInt64(self) % 100_000_000).quotientAndRemainder(dividingBy: 10_000)
    // Two times four digits, in 32 bits each.
    var parts = high << 32 | low
    // 10,486 / 2^20 rounds down to a hundredth of anything below 10,000, and 103 / 2^10 to a tenth below 100.
    let hundreds = (parts &* 10_486) >> 20 & 0x0000_007F_0000_007F
    parts = parts &- hundreds &* 100 | hundreds << 16
    let tens = (parts &* 103) >> 10 & 0x000F_000F_000F_000F
    parts = parts &- tens &* 10 | tens << 8
    return parts | 0x3030_3030_3030_3030
  }
}
