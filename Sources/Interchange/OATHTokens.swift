internal import OATH
internal import OpenSSLCrypto

/// Tables of hardware tokens without headings, as privacyIDEA and LinOTP import them: serial, seed in hexadecimal, type (HOTP
/// where it is left out), digits, and a period or a counter.
enum OATHTokens {
  /// Of a seed of RFC 4226's least length.
  private static let leastSeedDigits = 32

  /// Whether one of the first rows has a seed and a type after it. Tables of two columns may be anything: they are read where
  /// the format was named.
  static func recognises(_ text: Span<UInt8>) -> Bool {
    rows(of: text).prefix(10).contains { row in
      guard row.cells.count > 2 else { return false }
      let seed = trimmed(row.cells[1], in: text), type = text.string(in: trimmed(row.cells[2], in: text)).lowercased()
      return seed.count >= leastSeedDigits && seed.allSatisfy { text[$0].hexadecimalValue != nil }
        && ["hotp", "totp", "ocra"].contains(type)
    }
  }

  static func read(_ text: Span<UInt8>) throws -> ImportReport {
    var report = ImportReport()
    for (index, row) in rows(of: text).enumerated() {
      let cells = row.cells.map { trimmed($0, in: text) }
      let serial = text.string(in: cells[0])
      // Headings, which some write.
      if index == 0, serial.lowercased().contains("serial") { continue }
      report.add(entryName(index, serial)) { try account(cells, serial: serial, in: text) }
    }
    guard !report.accounts.isEmpty || !report.refused.isEmpty else { throw ImportError.unrecognised }
    return report
  }

  private static func rows(of text: Span<UInt8>) -> [CSVTable.Row] {
    CSVTable(text, separator: UInt8(ascii: ",")).rows.filter { row in
      !row.isBlank && text[row.cells[0].first ?? 0] != UInt8(ascii: "#")
    }
  }

  private static func trimmed(_ cell: Range<Int>, in text: Span<UInt8>) -> Range<Int> {
    let inner = text.extracting(cell).rangeWithoutOuterSpace
    return cell.lowerBound + inner.lowerBound..<cell.lowerBound + inner.upperBound
  }

  private static func account(_ cells: [Range<Int>], serial: String, in text: Span<UInt8>) throws -> OTPAccount {
    guard cells.count > 1, cells.dropFirst(5).allSatisfy(\.isEmpty) else {
      throw EntryError("it has \(cells.count) cells, and not two to five")
    }
    func cell(_ place: Int) -> String? {
      guard cells.indices.contains(place), !cells[place].isEmpty else { return nil }
      return text.string(in: cells[place])
    }
    func number(_ place: Int, _ name: String) throws -> Int64? {
      guard let written = cell(place) else { return nil }
      guard let number = Int64(digits: written) else { throw EntryError("its \(name) is no number") }
      return number
    }
    let secret = try SecretBytes(hexadecimal: text.extracting(cells[1]))
    let digits = try number(3, "digits").map { try Digits(count: Int(clamping: $0)) } ?? .six
    let factor: OTPAuthURI.Factor =
      switch cell(2)?.lowercased() {
      case nil, "hotp": .hotp(algorithm: .sha1, digits: digits, counter: UInt64(try number(4, "counter") ?? 0))
      case "totp": .totp(try TOTPParameters(digits: digits, period: number(4, "period") ?? 30))
      case let type?: throw EntryError("its type \(type.prefix(12)) is not supported")
      }
    var history = AccountHistory()
    history.isOfNobody = true
    return try OTPAccount(
      label: OTPAuthLabel(issuer: nil, account: serial), factor: factor, secret: secret, history: history)
  }
}
