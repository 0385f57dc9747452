package import OpenSSLCrypto

extension SecretBytes {
  /// Reads two digits, in either case, for each byte.
  /// - Throws: ``OATHError/outOfRange(_:)`` for anything else; the text is not repeated.
  package init(hexadecimal text: Span<UInt8>) throws(OATHError) {
    guard text.count > 0, text.count.isMultiple(of: 2) else { throw .outOfRange("the secret is not hexadecimal") }
    try self.init(count: text.count / 2) { (bytes) throws(OATHError) in
      for index in bytes.indices {
        guard let high = text[2 * index].hexadecimalValue, let low = text[2 * index + 1].hexadecimalValue else {
          throw .outOfRange("the secret is not hexadecimal")
        }
        bytes[index] = high << 4 | low
      }
    }
  }
}
