internal import OATH
internal import OpenSSLCrypto

/// The output of `authelia storage user totp export`: a YAML list under `totp_configurations`. Read by lines: any other YAML is
/// refused, with its line.
enum AutheliaYAML {
  private static let mark: StaticString = "totp_configurations:"

  static func recognises(_ text: Span<UInt8>) -> Bool {
    text.lineRanges.contains { text.extracting($0).begins(with: mark) }
  }

  static func read(_ text: Span<UInt8>) throws -> ImportReport {
    var report = ImportReport(), entry: AutheliaEntry?, isBegun = false
    for (number, range) in text.lineRanges.enumerated() {
      let line = text.extracting(range), content = line.extracting(line.rangeWithoutOuterSpace)
      if content.count == 0 || content[0] == UInt8(ascii: "#") || content.begins(with: "---") { continue }
      if !isBegun {
        guard line.begins(with: mark), content.count == "\(mark)".utf8.count else {
          throw ImportError.broken("line \(number + 1) is no line of Authelia's export")
        }
        isBegun = true
        continue
      }
      let isNew = content.begins(with: "- ")
      if isNew {
        entry?.add(to: &report)
        entry = AutheliaEntry(line: number + 1)
      }
      guard entry != nil else { throw ImportError.broken("line \(number + 1) is no line of Authelia's export") }
      entry?.take(isNew ? content.extracting(2...) : content, line: number + 1)
    }
    entry?.add(to: &report)
    guard isBegun else { throw ImportError.broken("the file has no totp_configurations") }
    return report
  }
}

/// One configuration, as its lines come.
private struct AutheliaEntry {
  let line: Int
  private var values: [String: String] = [:]
  private var secret: SharedSecret?
  private var problem: String?

  init(line: Int) { self.line = line }

  private static let names: Set = [
    "created_at", "last_used_at", "username", "issuer", "algorithm", "digits", "period", "secret",
  ]

  mutating func take(_ content: Span<UInt8>, line: Int) {
    guard let colon = content.firstIndex(of: UInt8(ascii: ":")),
      colon + 1 == content.count || content[colon + 1] == UInt8(ascii: " ")
    else { return problem = "line \(line) is no NAME: VALUE" }
    let name = content.string(in: 0..<colon)
    guard Self.names.contains(name) else { return problem = "line \(line) has a name that is not known" }
    guard values[name] == nil, name != "secret" || secret == nil else {
      return problem = "line \(line) has its \(name) for the second time"
    }
    let rest = content.extracting((colon + 1)...), plain = rest.extracting(rest.rangeWithoutOuterSpace)
    guard let scalar = Self.scalar(in: plain) else {
      return problem = "line \(line) has a value of a kind that is not read"
    }
    let value = plain.extracting(scalar)
    if name == "secret" {
      secret = SharedSecret(SecretBytes(copying: value))
    } else {
      values[name] = value.text
    }
  }

  /// The range of a scalar on one line; nil for blocks, anchors, tags, escapes and comments.
  private static func scalar(in value: Span<UInt8>) -> Range<Int>? {
    guard value.count > 0 else { return 0..<0 }
    for quote in [UInt8(ascii: "\""), UInt8(ascii: "'")] where value[0] == quote {
      guard value.count > 1, value[value.count - 1] == quote else { return nil }
      let inner = 1..<value.count - 1
      return inner.contains { value[$0] == quote || value[$0] == UInt8(ascii: "\\") } ? nil : inner
    }
    let isPlain = !"|>&*!%@`[]{}".utf8.contains(value[0]) && value.firstIndex(of: UInt8(ascii: "#")) == nil
    return isPlain ? 0..<value.count : nil
  }

  func add(to report: inout ImportReport) {
    report.add("line \(line) (\(values["username"] ?? "no username"))") {
      if let problem { throw EntryError(problem) }
      guard let user = values["username"], !user.isEmpty else { throw EntryError("it has no username") }
      guard let secret else { throw EntryError("it has no secret") }
      func number(_ name: String) throws -> Int64? {
        guard let text = values[name] else { return nil }
        guard let number = Int64(digits: text) else { throw EntryError("its \(name) is no number") }
        return number
      }
      let parameters = try TOTPParameters(
        algorithm: values["algorithm"].map { try HashAlgorithm(named: $0) } ?? .sha1,
        digits: number("digits").map { try Digits(count: Int(clamping: $0)) } ?? .six,
        period: number("period") ?? TOTPParameters.standard.period)
      return try OTPAccount(
        label: OTPAuthLabel(issuer: values["issuer"], account: user), factor: .totp(parameters),
        secret: secret.bytes.withBytes { try Self.key($0) })
    }
  }

  /// The export has base64 of the base32 text; base32 itself is taken as well.
  private static func key(_ text: Span<UInt8>) throws -> SecretBytes {
    if let inner = try? Base64.decode(text), let key = try? inner.withBytes({ try Base32.decodeOne($0) }), key.count > 0
    {
      return key
    }
    return try Base32.decodeOne(text)
  }
}
