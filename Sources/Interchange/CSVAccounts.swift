internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// Tables with a column of URIs or secrets, as password managers write them: Bitwarden, KeePassXC, Proton Pass, Apple,
/// LastPass, Authelia. A cell of another column never becomes a part of an account.
enum CSVAccounts {
  static func recognises(_ text: Span<UInt8>) -> Bool { CSVColumns(text) != nil }

  static func read(_ text: Span<UInt8>) throws -> ImportReport {
    guard let columns = CSVColumns(text) else {
      throw ImportError.broken("the first row of the file names no column of secrets, such as totp, otpauth or secret")
    }
    var report = ImportReport()
    let rows = CSVTable(text, separator: columns.separator).rows
    for (index, row) in rows.dropFirst(columns.firstRow).enumerated() where !row.isBlank {
      let reader = CSVRow(row: row, columns: columns)
      if let fault = reader.fault {
        // No cell of it can be shown: any of them may be a password.
        report.refuse(entryName(index, nil), fault)
        continue
      }
      let entry = entryName(index, try? reader.text(.issuer, in: text))
      if let secret = reader.secret(in: text) {
        report.add(entry) { try reader.account(secret, in: text) }
      } else {
        report.skip(entry, "it holds no OTP secret")
      }
    }
    return report
  }
}

/// One row of such a table.
private struct CSVRow {
  let row: CSVTable.Row
  let columns: CSVColumns

  /// Why no cell of the row can be trusted to be the one that its heading says.
  var fault: String? {
    if row.isBroken { return "its quotes are broken" }
    let extra = row.cells.dropFirst(columns.count)
    return extra.allSatisfy(\.isEmpty) ? nil : "it has \(row.cells.count) cells, and the first row has \(columns.count)"
  }

  /// What makes its codes; nil where the cells are empty.
  func secret(in text: Span<UInt8>) -> SharedSecret? {
    first(.secret, in: text)
  }

  /// The first of the cells that is not blank.
  private func first(_ meaning: CSVColumns.Meaning, in text: Span<UInt8>) -> SharedSecret? {
    for cell in columns.cells(meaning, of: row) {
      if let content = content(of: cell, in: text) { return content }
    }
    return nil
  }

  private func content(of cell: Range<Int>, in text: Span<UInt8>) -> SharedSecret? {
    let content = SharedSecret(CSVTable.content(of: cell, in: text))
    return content.bytes.withBytes { $0.rangeWithoutOuterSpace.isEmpty } ? nil : content
  }

  /// The text of a cell that is no secret, without spaces around it; nil where it is empty.
  func text(_ meaning: CSVColumns.Meaning, in text: Span<UInt8>) throws -> String? {
    guard let found = first(meaning, in: text) else { return nil }
    return try found.bytes.withBytes { bytes in
      guard let text = String(validating: bytes.extracting(bytes.rangeWithoutOuterSpace).array, as: UTF8.self) else {
        throw EntryError("its \(meaning) is not UTF-8")
      }
      return text
    }
  }

  func account(_ secret: SharedSecret, in text: Span<UInt8>) throws -> OTPAccount {
    let issuer = try self.text(.issuer, in: text), user = try self.text(.account, in: text)
    return try secret.bytes.withBytes { secret in
      try OTPField.account(secret, issuer: issuer, user: user) { try factor(in: text) }
    }
  }

  /// The moving factor of a bare secret.
  private func factor(in text: Span<UInt8>) throws -> OTPAuthURI.Factor {
    func number(_ meaning: CSVColumns.Meaning) throws -> Int64? {
      guard let written = try self.text(meaning, in: text) else { return nil }
      guard let number = Int64(digits: written) else { throw EntryError("its \(meaning) is no number") }
      return number
    }
    if let settings = try self.text(.settings, in: text) { return try Self.factor(settings: settings) }
    let algorithm = try self.text(.algorithm, in: text).map { try HashAlgorithm(named: $0) } ?? .sha1
    let digits = try number(.digits)
    let kind = try self.text(.type, in: text)?.lowercased()
    switch kind {
    case "steam":
      guard algorithm == .sha1, digits ?? 5 == 5, try number(.period) ?? SteamCode.period == SteamCode.period else {
        throw EntryError.notSteam
      }
      return .steam
    case "hotp":
      guard let counter = try number(.counter).flatMap({ UInt64(exactly: $0) }) else {
        throw EntryError("its counter is missing or below zero")
      }
      return .hotp(
        algorithm: algorithm, digits: try digits.map { try Digits(count: Int($0)) } ?? .six, counter: counter)
    // Password managers have types of their own, such as login.
    case let kind? where kind != "totp" && columns.describesCodes:
      throw EntryError("its type \(kind.prefix(12)) is not supported")
    default:
      return .totp(
        try TOTPParameters(
          algorithm: algorithm, digits: digits.map { try Digits(count: Int($0)) } ?? .six,
          period: number(.period) ?? TOTPParameters.standard.period))
    }
  }

  /// Period and digits as KeePass's plugins have them: `30;6`, or `30;S` for Steam.
  private static func factor(settings: String) throws -> OTPAuthURI.Factor {
    let parts = settings.split(separator: ";", omittingEmptySubsequences: false)
    guard parts.count == 2, let period = Int64(digits: parts[0]) else {
      throw EntryError("its settings are not PERIOD;DIGITS")
    }
    if parts[1] == "S", period == SteamCode.period { return .steam }
    return .totp(try TOTPParameters(digits: Digits(count: Int(digits: parts[1]) ?? 0), period: period))
  }
}
