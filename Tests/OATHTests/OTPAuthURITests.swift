import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct OTPAuthURITests {
  struct AcceptedFile: Decodable {
    var secretHex: String
    var cases: [Accepted]
  }
  struct Accepted: Decodable, Sendable {
    var uri, account: String
    var issuer, algorithm, counter: String?
    var digits: Int?
    var period: Int64?
    var unknown: [[String]]?
  }
  struct RefusedFile: Decodable { var cases: [Refused] }
  struct Refused: Decodable, Sendable { var uri, about: String }

  static let accepted = Vectors.load("otpauth/accepted.json", as: AcceptedFile.self)

  private func parse(_ text: String) throws -> OTPAuthURI { try OTPAuthURI(parsing: Array(text.utf8).span) }

  @Test(arguments: accepted.cases) func `read`(expected: Accepted) throws {
    let uri = try parse(expected.uri)
    #expect(uri.secret.bytes().hex == Self.accepted.secretHex)
    #expect(uri.label.issuer == expected.issuer)
    #expect(uri.label.account == expected.account)
    #expect(uri.factor.algorithm.rawValue == expected.algorithm ?? "SHA1")
    #expect(uri.factor.digits?.rawValue == (uri.factor == .steam ? nil : expected.digits ?? 6))
    switch uri.factor {
    case .totp(let parameters): #expect(parameters.period == expected.period ?? 30 && expected.counter == nil)
    case .hotp(_, _, let counter): #expect(String(counter) == expected.counter)
    case .steam: #expect(expected.uri.lowercased().contains("steam"))
    }
    #expect(uri.unknownParameters.map { [$0.name, $0.value] } == expected.unknown ?? [])
  }

  @Test(arguments: Vectors.load("otpauth/refused.json", as: RefusedFile.self).cases)
  func `refused, with the part that is wrong and without the secret`(refused: Refused) {
    #expect { _ = try parse(refused.uri) } throws: { error in
      "\(error)".contains(refused.about) && !"\(error)".contains("GEZDGNBV")
    }
  }

  @Test func `a URI without end is refused`() {
    #expect(throws: OATHError.self) {
      _ = try parse("otpauth://totp/" + String(repeating: "a", count: 20_000) + "?secret=GEZDGNBV")
    }
  }

  @Test func `the label as the format writes it`() throws {
    func text(_ issuer: String?, _ account: String) throws -> String {
      let uri = try OTPAuthURI(
        secret: SecretBytes(text: "12345678901234567890"), label: OTPAuthLabel(issuer: issuer, account: account),
        factor: .totp(.standard))
      return uri.text().string()
    }
    let tail = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    #expect(try text("vmfa", "alice@example.com") == "otpauth://totp/vmfa:alice@example.com\(tail)&issuer=vmfa")
    #expect(try text("a:b", "c:d") == "otpauth://totp/a%3Ab:c%3Ad\(tail)&issuer=a%3Ab")
    #expect(try text(nil, "c:d") == "otpauth://totp/:c%3Ad\(tail)")
    #expect(try text(nil, "100%/é ") == "otpauth://totp/100%25%2F%C3%A9\(tail)")
  }

  @Test func `every URI that is written reads back the same`() throws {
    var random = SeededGenerator(seed: 3986)
    let scalars = Array(": %/?&=#+@ aZ0-._~é\u{0308}ß漢😀\u{202E}\"'<>\\^`{|}".unicodeScalars)
    func text(upTo length: Int) -> String {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...length, using: &random) {
        text.append(scalars.randomElement(using: &random) ?? "x")
      }
      return String(text)
    }
    for _ in 0..<20_000 {
      let label = OTPAuthLabel(issuer: Bool.random(using: &random) ? text(upTo: 12) : nil, account: text(upTo: 40))
      let algorithm = HashAlgorithm.allCases.randomElement(using: &random) ?? .sha1
      let digits = Digits.allCases.randomElement(using: &random) ?? .six
      let factor: OTPAuthURI.Factor =
        Int.random(in: 0..<8, using: &random) == 0
        ? .steam
        : Bool.random(using: &random)
          ? .totp(
            try TOTPParameters(algorithm: algorithm, digits: digits, period: Int64.random(in: 1...3600, using: &random))
          )
          : .hotp(algorithm: algorithm, digits: digits, counter: UInt64.random(in: 0...UInt64.max, using: &random))
      let secret = (0..<Int.random(in: 1...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let written = try OTPAuthURI(secret: SecretBytes(copying: secret.span), label: label, factor: factor).text()
      #expect(written.bytes().allSatisfy { (0x21...0x7E).contains($0) })
      let read = try written.withBytes { try OTPAuthURI(parsing: $0) }
      #expect(read.secret.bytes() == secret)
      #expect(Array(read.label.account.utf8) == Array(label.account.utf8), "\(written.string())")
      #expect(read.label.issuer.map { Array($0.utf8) } == label.issuer.map { Array($0.utf8) }, "\(written.string())")
      #expect(read.factor == factor)
    }
  }
}
