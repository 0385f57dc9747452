internal import OATH
internal import OpenSSLCrypto

/// The columns of a table of accounts, known by their headings: in any case, whatever separates their words.
struct CSVColumns {
  /// What a column holds. The names of each are in order: the first that has a value counts.
  enum Meaning: CaseIterable {
    case secret, issuer, account, type, algorithm, digits, period, counter, settings

    var names: [String] {
      switch self {
      case .secret:
        [
          "logintotp", "totp", "otpauth", "otpurl", "otpuri", "otpauthurl", "otpauthuri", "totpurl", "totpuri",
          "totpsecret", "totpseed", "totpkey", "otpsecret", "otp", "onetimepassword", "onetimecode", "authenticatorkey",
          "totptoken", "otpkey",
          "twofactorsecret", "2fasecret", "2fakey", "2facode", "mfasecret", "2fa", "secretkey", "secret", "seed",
        ]
      case .issuer: ["issuer", "service", "provider", "name", "title", "website", "account"]
      case .account: ["loginusername", "username", "user", "login", "email", "loginemail", "account"]
      case .type: ["otptype", "type"]
      case .algorithm: ["algorithm", "algo", "alg", "hash", "digest"]
      case .digits: ["digits", "digit"]
      case .period: ["period", "interval", "timestep"]
      case .counter: ["counter"]
      case .settings: ["totpsettings"]
      }
    }
  }

  let separator: UInt8
  /// How many columns there are.
  let count: Int
  /// The row behind the headings.
  let firstRow: Int
  private var places: [Meaning: [Int]] = [:]

  /// Reads the headings; nil where no column holds what makes codes.
  init?(_ text: Span<UInt8>) {
    for separator in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
      let rows = CSVTable(text, separator: separator, limit: 2).rows
      // A first line such as `sep=;` is for spreadsheets.
      let isForSpreadsheets = rows.first?.cells.first.map { text.extracting($0).begins(withScheme: "sep=") } ?? false
      let header = isForSpreadsheets ? 1 : 0
      // A quote that does not close takes all rows below into the heading.
      guard rows.indices.contains(header), !rows[header].isBroken else { continue }
      self.init(rows[header], at: header, in: text, separator: separator)
      if places[.secret] != nil { return }
    }
    return nil
  }

  private init(_ row: CSVTable.Row, at header: Int, in text: Span<UInt8>, separator: UInt8) {
    self.separator = separator
    count = row.cells.count
    firstRow = header + 1
    guard !row.cells.contains(where: { Self.isValue($0, in: text) }) else { return }
    let headings = row.cells.map { Self.heading($0, in: text) }
    for meaning in Meaning.allCases {
      let found = meaning.names.compactMap { headings.firstIndex(of: $0) }
      if !found.isEmpty { places[meaning] = found }
    }
    // A column called account names the user where no other does, else the service.
    let user = places[.account]?.first
    places[.issuer]?.removeAll { $0 == user }
  }

  /// Whether a cell holds a value, and so its row no headings: a number, a URI, or text that may be a secret.
  private static func isValue(_ cell: Range<Int>, in text: Span<UInt8>) -> Bool {
    let content = CSVTable.content(of: cell, in: text)
    return content.withBytes { bytes in
      let bytes = bytes.extracting(bytes.rangeWithoutOuterSpace)
      guard bytes.count > 0 else { return false }
      if bytes.indices.allSatisfy({ bytes[$0].isASCIIDigit }) || OTPAuthURI.looksLikeURI(bytes) { return true }
      let isBase32 = bytes.indices.allSatisfy { Base32.isDigit(bytes[$0]) }
      let isHexadecimal = bytes.indices.allSatisfy { bytes[$0].hexadecimalValue != nil }
      return bytes.count > Base32.longestGroup && (isBase32 || isHexadecimal)
    }
  }

  /// Letters and digits alone, in lower case.
  private static func heading(_ cell: Range<Int>, in text: Span<UInt8>) -> String {
    guard cell.count < 60 else { return "" }
    let content = CSVTable.content(of: cell, in: text)
    return content.withBytes { $0.text }.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  /// The cells of a row that may hold this, the likelier first.
  func cells(_ meaning: Meaning, of row: CSVTable.Row) -> [Range<Int>] {
    (places[meaning] ?? []).filter { $0 < row.cells.count }.map { row.cells[$0] }
  }

  /// Whether the table describes codes in columns of their own.
  var describesCodes: Bool { [.algorithm, .digits, .period, .counter].contains { places[$0] != nil } }
}
