internal import OATH
internal import OpenSSLCrypto

/// The state file of pam_google_authenticator: a secret in base32, options as `" NAME VALUE…`, scratch codes.
enum GoogleAuthenticatorState {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    text.lineRanges.dropFirst().contains { range in
      let line = text.extracting(range)
      return options.contains { line.begins(with: $0) }
    }
  }

  /// Any of which makes a file one of these; without a counter it is TOTP.
  private static let options: [StaticString] = [
    "\" TOTP_AUTH", "\" HOTP_COUNTER", "\" DISALLOW_REUSE", "\" RATE_LIMIT", "\" STEP_SIZE", "\" WINDOW_SIZE",
    "\" TIME_SKEW",
  ]

  static func read(_ text: Span<UInt8>, name: String) -> ImportReport {
    var report = ImportReport()
    let lines = text.lineRanges
    let options = lines.dropFirst().filter { text.extracting($0).begins(with: "\" ") }.map { text.string(in: $0) }
    let scratchCodes = scratchCodes(text, lines)
    report.add("the secret") {
      let secret = try Base32.decodeOne(text.extracting(lines.first ?? 0..<0))
      return try account(secret, options: options, scratchCodes: scratchCodes, name: name)
    }
    if let scratchCodes {
      report.skip(
        "\(scratchCodes.bytes.count / 8) scratch codes", "they work once at the service, and are no secret of an app")
    }
    return report
  }

  private static func account(
    _ secret: consuming SecretBytes, options: [String], scratchCodes: SharedSecret?, name: String
  ) throws -> OTPAccount {
    func numbers(_ option: String) throws -> [Int64]? {
      let lines = options.map { $0.dropFirst(2).split { $0 == " " || $0 == "\t" } }
      return try lines.first { $0.first == option[...] }?.dropFirst().map { word in
        guard let number = Int64(word) else { throw EntryError("its \(option) is no number") }
        return number
      }
    }
    func number(_ option: String) throws -> Int64? {
      guard let numbers = try numbers(option) else { return nil }
      // Taken for one that is not there, it would be another device.
      guard let number = numbers.first else { throw EntryError("its \(option) has no number") }
      return number
    }
    let label = OTPAuthLabel(issuer: nil, account: name)
    var history = AccountHistory(drift: try number("TIME_SKEW") ?? 0, scratchCodes: scratchCodes)
    if let counter = try number("HOTP_COUNTER") {
      // The counter of the next code.
      guard counter >= 0 else { throw EntryError("its counter is below zero") }
      history.drift = 0
      return try OTPAccount(
        label: label, factor: .hotp(algorithm: .sha1, digits: .six, counter: UInt64(counter)), secret: secret,
        history: history)
    }
    // The steps of codes that were accepted lately.
    history.lastStep = try numbers("DISALLOW_REUSE")?.filter { $0 >= 0 }.max()
    let period = try number("STEP_SIZE") ?? 30
    return try OTPAccount(
      label: label, factor: .totp(try TOTPParameters(period: period)), secret: secret, history: history)
  }

  private static func scratchCodes(_ text: Span<UInt8>, _ lines: [Range<Int>]) -> SharedSecret? {
    let codes = lines.dropFirst().filter { range in
      range.count == 8 && range.allSatisfy { text[$0].isASCIIDigit }
    }
    guard !codes.isEmpty else { return nil }
    return SharedSecret(
      SecretBytes(count: 8 * codes.count) { bytes in
        for (index, range) in codes.enumerated() {
          for offset in 0..<8 { bytes[8 * index + offset] = text[range.lowerBound + offset] }
        }
      })
  }
}
