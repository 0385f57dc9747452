package import OpenSSLCrypto

extension Array<UInt8> {
  package init(hex: String) {
    let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    precondition(digits.count == hex.utf8.count && digits.count.isMultiple(of: 2), "not hexadecimal")
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  package var hex: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension SecretBytes {
  package init(hex: String) { self.init(copying: Array(hex: hex).span) }
  package init(text: String) { self.init(copying: Array(text.utf8).span) }

  package borrowing func bytes() -> [UInt8] {
    withBytes { $0.array }
  }
  package borrowing func string() -> String { String(decoding: bytes(), as: UTF8.self) }
}
