import Foundation
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Vault

/// Files as other programs write them, each of which a reader got wrong once.
@Suite struct BugFixtureTests {
  struct File: Decodable { var files: [String: Fixture] }
  struct Fixture: Decodable, Sendable {
    var accounts: [Expected]?
    var codesAt59: [String]?
    enum CodingKeys: String, CodingKey { case accounts, codesAt59 = "codes_at_59" }
  }
  struct Expected: Decodable, Sendable, Equatable {
    var issuer, name, type, algorithm: String
    var digits: Int
    var period: Int64?
    var code: String
    enum CodingKeys: String, CodingKey { case issuer, name, type, algorithm, digits, period, code = "code_at_59" }
  }
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var accounts: [Expected]
    var testDescription: String { name }
  }

  static let fixtures = Vectors.load("bugs/expected.json", as: File.self).files
  /// Those that no program but zbarimg reads.
  static let images: Set = ["png", "tiff", "svg"]
  static let cases = fixtures.sorted { $0.key < $1.key }.compactMap { name, fixture -> Case? in
    let isImage = images.contains { name.hasSuffix("." + $0) }
    return isImage ? nil : fixture.accounts.map { Case(name: name, accounts: $0) }
  }

  static func file(_ name: String) throws -> SecretBytes {
    let data = try Data(contentsOf: Vectors.root.appending(path: "TestVectors/bugs").appending(path: name))
    return SecretBytes(copying: [UInt8](data).span)
  }

  static func read(_ name: String) throws -> ImportReport {
    let content = try file(name), none = ImportPassphrase { nil }
    guard VaultFile.recognises(content) else {
      return try Interchange.read(content, as: nil, name: name, passphrase: none)
    }
    var report = ImportReport()
    for entry in try VaultFile.read(content.copy(), { throw ImportError.needsPassphrase }).entries {
      if let account = entry.account { report.accounts.append(account) }
      if let problem = entry.problem { report.refuse(entry.name, problem) }
    }
    return report
  }

  static func described(_ account: OTPAccount) throws -> Expected {
    Expected(
      issuer: account.label.issuer ?? "", name: account.label.account, type: account.factor.typeName,
      algorithm: account.factor.algorithm.rawValue, digits: account.factor.digits?.rawValue ?? 5,
      period: account.factor.period, code: try account.factor.code(of: account.secret, at: UnixTime(seconds: 59)))
  }

  @Test(arguments: cases) func `every account comes out right, and nothing else does`(fixture: Case) throws {
    let report = try Self.read(fixture.name)
    #expect(report.refused.isEmpty)
    let found = try report.accounts.filter { $0.factor.period != nil }.map(Self.described)
    #expect(found == fixture.accounts)
  }

  @Test func `there are as many cases as fixtures`() { #expect(Self.cases.count == 23) }

  @Test func `Duo's second account counts`() throws {
    let report = try Self.read("duo.json")
    #expect(report.accounts.count == 2 && report.accounts[1].label == OTPAuthLabel(issuer: nil, account: "ben"))
    #expect(report.accounts[1].factor == .hotp(algorithm: .sha1, digits: .six, counter: 3))
  }

  @Test(arguments: ["keepassxc.csv", "apple.csv"]) func `an entry without a second factor is skipped`(name: String)
    throws
  {
    let report = try Self.read(name)
    #expect(report.accounts.count == 1 && report.skipped.count == 1 && report.refused.isEmpty)
  }

  @Test func `accounts without a name get one that can be typed`() throws {
    var report = try Self.read("uri_no_label.txt")
    try report.nameTheUnnamed()
    let codes = try report.accounts.map { try Self.described($0).code }
    #expect(codes == Self.fixtures["uri_no_label.txt"]?.codesAt59)
    #expect(report.accounts.map(\.label.title) == ["unnamed-0cd936", "Shop"])
    #expect(report.notes.map(\.reason) == ["it is called unnamed-0cd936", "it is called Shop"])
  }

  @Test func `two accounts of one service without a name are told apart`() throws {
    let text =
      "steam://GEZDGNBVGY3TQOJQ\nsteam://QQYVBEXXOXHEOO3J\notpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&issuer=Steam\n"
    var report = try Interchange.read(SecretBytes(text: text), as: nil, name: "", passphrase: ImportPassphrase { nil })
    try report.nameTheUnnamed()
    #expect(Set(report.accounts.map(\.label.title)).count == 3 && report.notes.count == 2)
    #expect(report.accounts[0].label.title == "Steam" && report.accounts[1].label.account.hasPrefix("unnamed-"))
  }

  @Test(arguments: [
    ("otpauth://totp/%20?secret=S", "unnamed-"), ("otpauth://totp/%E2%80%8B?secret=S", "unnamed-"),
    ("otpauth://totp/-?secret=S", "unnamed-"), ("otpauth://totp/%C2%A0:%C2%A0?secret=S", "unnamed-"),
    ("otpauth://totp/Shop:%E2%80%8B?secret=S", "Shop"), ("otpauth://totp/Shop:-?secret=S", "Shop:-"),
    ("otpauth://totp/--help?secret=S", "--help"),
  ]) func `a name that nobody can type is none`(uri: String, title: String) throws {
    let text = SecretBytes(text: uri.replacing("secret=S", with: "secret=GEZDGNBVGY3TQOJQ"))
    var report = try Interchange.read(text, as: nil, name: "", passphrase: ImportPassphrase { nil })
    try report.nameTheUnnamed()
    #expect(report.accounts.map(\.label.title).allSatisfy { $0.hasPrefix(title) } && report.accounts.count == 1)
  }

  @Test func `hardware tokens have a serial, and no user`() throws {
    let report = try Self.read("oath.csv")
    #expect(report.accounts.map(\.label.account) == ["1001", "1002"] && report.refused.isEmpty)
    #expect(report.accounts.allSatisfy { $0.history.isOfNobody })
    #expect(report.accounts[0].factor == .totp(.standard))
    #expect(try Self.described(report.accounts[0]).code == "977199")
    #expect(report.accounts[1].factor == .hotp(algorithm: .sha1, digits: .six, counter: 7))
  }

  @Test(arguments: ["secret_bom.txt", "secret_nbsp.txt"]) func `one secret in its file`(name: String) throws {
    #expect(try Self.one(name).code == "977199")
  }

  @Test(arguments: ["two_secrets.txt", "secret_then_note.txt"]) func `two lines are no secret`(name: String) {
    #expect { _ = try Self.one(name) } throws: { "\($0)".contains("not joined") }
  }

  private static func one(_ name: String) throws -> Expected {
    let account = try file(name).withBytes { text in
      try AccountText.read(text) { secret in
        try OTPAccount(label: OTPAuthLabel(issuer: nil, account: "x"), factor: .totp(.standard), secret: secret)
      }
    }
    return try described(account)
  }
}
