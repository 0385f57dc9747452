package import JSONText
package import OATH
package import OpenSSLCrypto

/// The fields of one entry of a JSON file, with the same words of complaint for every format.
package struct EntryFields {
  package let object: JSONValue

  package init(object: JSONValue) { self.object = object }

  func text(_ name: String) -> String? { object[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }

  /// A base32 secret, read leniently and through no string.
  package func base32(_ name: String) throws -> SecretBytes {
    guard let text = object[name]?.secretString(), text.count > 0 else { throw EntryError("it has no secret") }
    return try text.withBytes { try Base32.decode($0, .lenient) }
  }

  /// A whole number, which some writers put into a string; nil where it is missing or null.
  func number(_ name: String) throws -> Int64? {
    guard let value = object[name], value.kind != .null else { return nil }
    if let number = value.integer ?? value.string.flatMap({ Int64($0) }) { return number }
    throw EntryError("its \(name) is no number")
  }

  func digits(_ name: String) throws -> Digits {
    try number(name).map { try Digits(count: Int(clamping: $0)) } ?? .six
  }

  func algorithm(_ name: String) throws -> HashAlgorithm {
    // Missing is SHA-1; anything else that is no known name is refused, for its codes would be wrong.
    if let value = object[name], value.kind != .null, text(name) == nil {
      throw EntryError("its algorithm is not known")
    }
    return try text(name).map { try HashAlgorithm(named: $0.lowercased().replacing("hmac", with: "")) } ?? .sha1
  }

  package func totp(algorithm: String, digits: String, period: String) throws -> OTPAuthURI.Factor {
    .totp(
      try TOTPParameters(
        algorithm: self.algorithm(algorithm), digits: self.digits(digits), period: number(period) ?? 30))
  }

  package func hotp(algorithm: String, digits: String, counter: String, offset: Int64 = 0) throws -> OTPAuthURI.Factor {
    guard let stored = try number(counter),
      let next = UInt64(exactly: stored.addingReportingOverflow(offset).partialValue)
    else { throw EntryError("its counter is missing or below zero") }
    return .hotp(algorithm: try self.algorithm(algorithm), digits: try self.digits(digits), counter: next)
  }
}

/// What is the matter with one entry.
package struct EntryError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
