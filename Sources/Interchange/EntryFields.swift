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
    return try text.withBytes { try Base32.decodeOne($0) }
  }

  /// The text of a secret, as it stands.
  func secretText(_ name: String) throws -> SecretBytes {
    guard let text = object[name]?.secretString(), text.count > 0 else { throw EntryError("it has no secret") }
    return text
  }

  /// The fields of an object that is written as JSON in a string, or as itself.
  func nested(_ name: String) throws -> EntryFields {
    guard let value = object[name] else { throw EntryError("it has no \(name)") }
    guard let text = value.secretString() else { return EntryFields(object: value) }
    do { return EntryFields(object: try JSONValue(parsing: text)) } catch { throw EntryError("its \(name) is broken") }
  }

  /// A whole number, which some writers put into a string; nil where it is missing or null.
  func number(_ name: String) throws -> Int64? {
    guard let value = object[name], value.kind != .null else { return nil }
    if let number = value.integer ?? value.string.flatMap({ Int64(digits: $0) }) { return number }
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
    return try text(name).map { try HashAlgorithm(named: $0) } ?? .sha1
  }

  package func totp(algorithm: String, digits: String, period: String) throws -> OTPAuthURI.Factor {
    .totp(
      try TOTPParameters(
        algorithm: self.algorithm(algorithm), digits: self.digits(digits), period: number(period) ?? 30))
  }

  package func hotp(algorithm: String, digits: String, counter: String, offset: Int64 = 0) throws -> OTPAuthURI.Factor {
    .hotp(
      algorithm: try self.algorithm(algorithm), digits: try self.digits(digits),
      counter: try self.counter(counter, offset: offset))
  }

  /// Steam's codes, whose parameters are fixed: writers repeat them, and others would be a mistake.
  package func steam(algorithm: String, digits: String, period: String) throws -> OTPAuthURI.Factor {
    guard try self.algorithm(algorithm) == .sha1, try number(digits) ?? 5 == 5, try number(period) ?? 30 == 30 else {
      throw EntryError.notSteam
    }
    return .steam
  }

  /// The counter of the next code.
  /// - Parameter offset: what the stored number lacks to be that.
  func counter(_ name: String, offset: Int64 = 0) throws -> UInt64 {
    guard let stored = try number(name),
      let next = UInt64(exactly: stored.addingReportingOverflow(offset).partialValue)
    else { throw EntryError("its counter is missing or below zero") }
    return next
  }

  /// The moving factor of an entry whose type is written in any case.
  /// - Parameter standardType: the type of an entry that has none; nil to refuse it.
  package func factor(
    type: String, algorithm: String, digits: String, period: String, counter: String, counterOffset: Int64 = 0,
    standardType: String? = nil
  ) throws -> OTPAuthURI.Factor {
    guard let kind = text(type) ?? standardType else { throw EntryError("its \(type) is missing") }
    switch kind.lowercased() {
    case "totp": return try totp(algorithm: algorithm, digits: digits, period: period)
    case "hotp": return try hotp(algorithm: algorithm, digits: digits, counter: counter, offset: counterOffset)
    case "steam": return try steam(algorithm: algorithm, digits: digits, period: period)
    default: throw EntryError("its type \(kind.prefix(12)) is not supported")
    }
  }
}

/// What is the matter with one entry.
package struct EntryError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }

  static let notSteam = EntryError("its algorithm, digits or period are not Steam's")
}
