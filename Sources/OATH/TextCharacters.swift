// Text that may hold a secret is looked at where it lies, one character of UTF-8 at a time.
extension Span<UInt8> {
  /// The character of UTF-8 that begins at `index`, and its length in bytes; nil where the bytes are no UTF-8.
  package func scalar(at index: Int) -> (scalar: Unicode.Scalar, length: Int)? {
    let lead = self[index]
    if lead < 0x80 { return (Unicode.Scalar(lead), 1) }
    let length = (~lead).leadingZeroBitCount
    guard (2...4).contains(length), index + length <= count else { return nil }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for place in index + 1..<index + length {
      guard self[place] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(self[place] & 0x3F)
    }
    return Unicode.Scalar(value).map { ($0, length) }
  }

  /// The length in bytes of the white space or invisible character at `index`; nil for any other character.
  package func spaceLength(at index: Int) -> Int? {
    if self[index] < 0x80 { return self[index].isASCIIWhiteSpace ? 1 : nil }
    guard let (scalar, length) = scalar(at: index), scalar.isSpaceOrInvisible else { return nil }
    return length
  }

  /// The range of the bytes between white space and invisible characters at the two ends.
  package var rangeWithoutOuterSpace: Range<Int> {
    var start = 0, end = count
    while start < end, let length = spaceLength(at: start) { start += length }
    while end > start {
      var last = end - 1
      while last > start, end - last < 4, self[last] & 0xC0 == 0x80 { last -= 1 }
      guard spaceLength(at: last) == end - last else { break }
      end = last
    }
    return start..<end
  }
}

extension Unicode.Scalar {
  /// White space of any kind.
  package var isSpace: Bool { isASCII ? UInt8(value).isASCIIWhiteSpace : properties.isWhitespace }
  /// White space of any kind, and characters without a width, such as U+200B, U+FEFF and the marks of direction.
  package var isSpaceOrInvisible: Bool { isSpace || !isASCII && properties.generalCategory == .format }
  /// A hyphen, a dash, or the minus sign.
  package var isDash: Bool {
    self == "-" || !isASCII && (properties.generalCategory == .dashPunctuation || value == 0x2212)
  }
  /// The characters that end a line of text (Unicode Standard, section 5.8).
  package var isLineEnd: Bool { (0x0A...0x0D).contains(value) || [0x85, 0x2028, 0x2029].contains(value) }
}
