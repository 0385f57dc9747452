internal import OATH
internal import OpenSSLCrypto

/// The state file of pam_google_authenticator.
enum GoogleAuthenticatorState {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    let lines = text.lines
    return lines.count > 1 && lines.dropFirst().contains { $0 == "\" TOTP_AUTH" || $0.hasPrefix("\" HOTP_COUNTER") }
  }

  static func read(_ text: Span<UInt8>, name: String) -> ImportReport {
    var report = ImportReport()
    let lines = text.lines
    report.add("the secret") {
      let end = text.firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      let secret = try Base32.decode(text.extracting(first: end), .lenient)
      let label = OTPAuthLabel(issuer: nil, account: name)
      if let line = lines.first(where: { $0.hasPrefix("\" HOTP_COUNTER") }) {
        guard let counter = line.split(separator: " ").last.flatMap({ UInt64($0) }) else {
          throw EntryError("its counter is no number")
        }
        return try Account(
          label: label, factor: .hotp(algorithm: .sha1, digits: .six, counter: counter), secret: secret)
      }
      var period: Int64 = 30
      if let line = lines.first(where: { $0.hasPrefix("\" STEP_SIZE") }) {
        guard let step = line.split(separator: " ").last.flatMap({ Int64($0) }) else {
          throw EntryError("its step is no number")
        }
        period = step
      }
      return try Account(label: label, factor: .totp(try TOTPParameters(period: period)), secret: secret)
    }
    let scratch = lines.dropFirst().filter { $0.count == 8 && $0.allSatisfy(\.isNumber) }.count
    if scratch > 0 {
      report.skip("\(scratch) scratch codes", "they work once at the service, and are no secret of an app")
    }
    return report
  }
}

/// The users file of pam_oath.
enum OATHUsers {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    text.lines.contains { line in
      let fields = line.split(whereSeparator: \.isWhitespace)
      return fields.count >= 4 && fields[0].hasPrefix("HOTP")
    }
  }

  static func read(_ text: Span<UInt8>) -> ImportReport {
    var report = ImportReport()
    for (number, line) in text.lines.enumerated() {
      let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let type = fields.first, type.hasPrefix("HOTP") else { continue }
      let entry = "line \(number + 1)" + (fields.count > 1 ? " (\(fields[1]))" : "")
      if fields.count > 2, fields[2] != "-" { report.skip(entry, "its PIN is not carried over") }
      report.add(entry) { try account(fields) }
    }
    return report
  }

  private static func account(_ fields: [String]) throws -> Account {
    guard fields.count >= 4 else { throw EntryError("it has fewer than four fields") }
    var bytes: [UInt8] = []
    let digits = Array(fields[3].utf8)
    guard digits.count.isMultiple(of: 2), !digits.isEmpty else { throw EntryError("its secret is not hexadecimal") }
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index].hexadecimalValue, let low = digits[index + 1].hexadecimalValue else {
        throw EntryError("its secret is not hexadecimal")
      }
      bytes.append(high << 4 | low)
    }
    // COUNTER is that of the last code that was accepted.
    var next: UInt64 = 0
    if fields.count > 4 {
      guard let last = UInt64(fields[4]), last < UInt64(Int64.max) else {
        throw EntryError("its counter is no counter")
      }
      next = last + 1
    }
    return try Account(
      label: OTPAuthLabel(issuer: nil, account: fields[1]), factor: factor(fields[0], next: next),
      secret: SecretBytes(copying: bytes.span))
  }

  /// `HOTP`, `HOTP/E`, `HOTP/E/6`, `HOTP/T30`, `HOTP/T60/8`.
  private static func factor(_ type: String, next: UInt64) throws -> OTPAuthURI.Factor {
    let parts = type.split(separator: "/")
    let digits = try parts.count > 2 ? Digits(count: Int(parts[2]) ?? 0) : .six
    guard parts.count > 1, parts[1] != "E" else { return .hotp(algorithm: .sha1, digits: digits, counter: next) }
    guard parts[1].hasPrefix("T"), let period = Int64(parts[1].dropFirst()) else {
      throw EntryError("its type is not known")
    }
    return .totp(try TOTPParameters(digits: digits, period: period))
  }
}

extension Span<UInt8> {
  /// The lines of a text, without their ends.
  var lines: [String] {
    // By bytes: to a String a carriage return and a line feed are one character, and no line feed.
    indices.map { self[$0] }.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
  }
}
