public import OATH
public import OpenSSLCrypto

/// The one account that somebody typed, pasted or piped: what `import` reads from a file of URIs, or a bare secret.
public enum AccountText {
  /// Reads text in UTF-8, or in UTF-16 with a byte order mark.
  /// - Parameter describe: makes an account of a bare secret.
  /// - Throws: ``ImportError/broken(_:)`` for none and for more than one; ``OATHError``.
  public static func read(
    _ text: Span<UInt8>, bareSecret describe: (consuming SecretBytes) throws -> OTPAccount
  ) throws -> OTPAccount {
    try TextDecoding.utf8(text).withBytes { text in
      guard OTPAuthURI.looksLikeURI(text) else { return try describe(Base32.decodeOne(text)) }
      guard OTPAuthLines.recognises(text) else { return try OTPAccount(OTPAuthURI(parsing: text)) }
      let report = OTPAuthLines.read(text)
      if let problem = report.refused.first { throw ImportError.broken(problem.reason) }
      guard let account = report.accounts.first, report.accounts.count == 1 else {
        throw ImportError.broken("there are \(report.accounts.count) accounts where one is meant")
      }
      return account
    }
  }

  /// Whether the text, in either encoding, is a URI and no bare secret.
  public static func isURI(_ text: Span<UInt8>) throws(OATHError) -> Bool {
    try TextDecoding.utf8(text).withBytes { OTPAuthURI.looksLikeURI($0) }
  }
}
