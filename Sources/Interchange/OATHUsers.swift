internal import Foundation
internal import OATH
internal import OpenSSLCrypto

/// The users file of pam_oath: `TYPE USER PIN SECRET [COUNTER [LASTOTP [TIMESTAMP]]]`, separated by white space.
package enum OATHUsers {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    text.lineRanges.contains { recognises(line: text.extracting($0)) }
  }

  /// Whether a line is an entry; others are comments, as pam_oath has it.
  package static func recognises(line: Span<UInt8>) -> Bool {
    let words = line.wordRanges
    return words.count >= 4 && line.extracting(words[0]).begins(with: "HOTP")
  }

  static func read(_ text: Span<UInt8>) throws -> ImportReport {
    var report = ImportReport()
    let lines = text.lineRanges
    for (number, range) in lines.enumerated() { report.add(text.extracting(range), number: number + 1) }
    let isEmpty = report.accounts.isEmpty && report.skipped.isEmpty && report.refused.isEmpty
    let saysSomething = lines.contains { range in
      text.extracting(range).wordRanges.first.map { text[range.lowerBound + $0.lowerBound] != UInt8(ascii: "#") }
        ?? false
    }
    if isEmpty, saysSomething { throw ImportError.broken("no line of the file is an entry of pam_oath") }
    return report
  }
}

extension ImportReport {
  /// Adds what is in a line of pam_oath's file.
  package mutating func add(_ line: Span<UInt8>, number: Int) {
    let words = line.wordRanges
    guard let type = words.first, line.extracting(type).begins(with: "HOTP") else { return }
    let entry = "line \(number)" + (words.count > 1 ? " (\(line.string(in: words[1])))" : "")
    guard line.string(in: type).wholeMatch(of: /HOTP(\/(E|T30|T60)(\/[678])?)?/) != nil else {
      return skip(entry, "its type is none of pam_oath's, which ignores it")
    }
    if words.count > 2, line.string(in: words[2]) != "-" { skip(entry, "its PIN is not carried over") }
    do { accounts.append(try OTPAccount(usersLine: line, words)) } catch { refuse(entry, "\(error)") }
  }
}

extension OTPAccount {
  fileprivate convenience init(usersLine line: Span<UInt8>, _ words: [Range<Int>]) throws {
    guard words.count >= 4 else { throw EntryError("it has fewer than four fields") }
    let secret = try SecretBytes(hexadecimal: line.extracting(words[3]))
    // That of the last code that was accepted.
    var counter: Int64?
    if words.count > 4 {
      guard let number = Int64(digits: line.string(in: words[4])), number < .max else {
        throw EntryError("its counter is no counter")
      }
      counter = number
    }
    // A token that was never used stands at nought, without a last code: then nought is the next one.
    let last = words.count > 5 || counter != 0 ? counter : nil
    let label = OTPAuthLabel(issuer: nil, account: line.string(in: words[1]))
    switch try Self.factor(line.string(in: words[0]), next: last.map { UInt64($0) + 1 } ?? 0) {
    case .totp(let parameters):
      let code = try words.count > 6 ? OneTimeCode(parsing: line.extracting(words[5])) : nil
      let time = try words.count > 6 ? Self.time(line.string(in: words[6])) : nil
      let step = try Self.lastStep(code, at: time, secret: secret, parameters: parameters)
      try self.init(
        label: label, factor: .totp(parameters), secret: secret, history: AccountHistory(lastStep: step))
    case let factor:
      try self.init(label: label, factor: factor, secret: secret)
    }
  }

  /// - Parameter type: one of pam_oath's, such as `HOTP`, `HOTP/E/6`, `HOTP/T30`, `HOTP/T60/8`.
  private static func factor(_ type: String, next: UInt64) throws -> OTPAuthURI.Factor {
    let parts = type.split(separator: "/"),
      digits = try parts.count > 2 ? Digits(count: Int(digits: parts[2]) ?? 0) : .six
    guard parts.count > 1, let period = Int64(digits: parts[1].dropFirst()) else {
      return .hotp(algorithm: .sha1, digits: digits, counter: next)
    }
    return .totp(try TOTPParameters(digits: digits, period: period))
  }

  /// `2009-12-07T23:23:49L`, in local time.
  private static func time(_ text: String) throws -> UnixTime {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd'T'HH:mm:ss'L'"
    guard let date = formatter.date(from: text) else { throw EntryError("its time is no time") }
    return try UnixTime(seconds: Int64(date.timeIntervalSince1970))
  }

  /// The step of the code that was accepted then: the file tells both, but not how far apart they lay.
  private static func lastStep(
    _ code: OneTimeCode?, at time: UnixTime?, secret: borrowing SecretBytes, parameters: TOTPParameters
  ) throws -> Int64? {
    guard let code, let time else { return nil }
    var totp = try TOTP(secret: secret, parameters: parameters)
    let present = parameters.step(at: time)
    var found = present
    for step in present - 20...present + 20 where try totp.code(step: step) == code { found = step }
    return found
  }
}
