import Foundation
import Interchange
import JSONText
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@testable import Vault

/// The edges of what a vault file may be, each from both sides.
@Suite struct VaultBoundaryTests {
  private func secret(_ text: String = "correct horse") -> () throws -> SecretBytes { { SecretBytes(text: text) } }

  private func sealed(_ passphrase: String = "correct horse") throws -> String {
    try VaultFile.sealed(VaultContents(), passphrase: SecretBytes(text: passphrase)).string()
  }

  private func json(_ entry: VaultEntry) throws -> NSDictionary {
    var contents = VaultContents()
    contents.entries = [entry]
    let file = try JSONSerialization.jsonObject(with: Data(VaultFile.plain(contents).bytes())) as? NSDictionary
    return try #require(((file?["db"] as? NSDictionary)?["entries"] as? [NSDictionary])?.first)
  }

  @Test(arguments: [
    (#"{"header":{},"db":{}}"#, true), (#"{"header":{},"db":"sealed"}"#, true), (#"{"header":{}}"#, false),
    (#"{"db":{}}"#, false), (#"{"header":null,"db":{}}"#, false), (#"{"header":[],"db":{}}"#, false), ("{}", false),
    ("[]", false), ("not JSON", false), ("", false),
  ])
  func `a vault has a header and a database`(text: String, isVault: Bool) {
    let found = VaultFile.recognises(SecretBytes(text: text))
    #expect(found == isVault)
  }

  @Test(arguments: [0, 2, 10]) func `other versions of the file are refused`(version: Int) throws {
    let text = try sealed().replacing("\"version\":1", with: "\"version\":\(version)")
    #expect(throws: VaultError.broken("its version is not 1")) {
      _ = try VaultFile.read(SecretBytes(text: text), secret())
    }
  }

  @Test(arguments: [(0, false), (1, true), (2, true), (3, true), (4, false)])
  func `versions 1 to 3 of the database are read`(version: Int, isRead: Bool) throws {
    let text = #"{"version":1,"header":{"slots":null,"params":null},"db":{"version":\#(version),"entries":[]}}"#
    let read = try? VaultFile.read(SecretBytes(text: text), secret())
    #expect((read != nil) == isRead)
  }

  @Test(arguments: ["n", "r", "p"]) func `a cost of nothing is a slot that lacks something`(name: String) throws {
    let text = try sealed().replacing(try Regex("\"\(name)\":[0-9]+"), with: "\"\(name)\":0")
    #expect(throws: VaultError.broken("a password slot lacks what it needs")) {
      _ = try VaultFile.read(SecretBytes(text: text), secret())
    }
  }

  @Test func `a wrong passphrase is told beside a slot that is broken`() throws {
    for broken in [#"{"type":1},"#, ""] {
      let text = try sealed().replacing("\"slots\":[", with: "\"slots\":[\(broken)")
      #expect(throws: VaultError.wrongPassphrase) { _ = try VaultFile.read(SecretBytes(text: text), secret("wrong")) }
    }
    // After it, too.
    let after = try sealed().replacing("}],\"params\"", with: "},{\"type\":1}],\"params\"")
    #expect(throws: VaultError.wrongPassphrase) { _ = try VaultFile.read(SecretBytes(text: after), secret("wrong")) }
    #expect(try VaultFile.read(SecretBytes(text: after), secret()).entries.isEmpty)
  }

  @Test func `slots of other kinds are not tried`() throws {
    let text = try sealed().replacing("\"type\":1", with: "\"type\":2")
    #expect(
      throws: VaultError.broken("it has no password slot: it opens with another kind of key only")
    ) { _ = try VaultFile.read(SecretBytes(text: text), secret()) }
  }

  @Test(arguments: [(16, true), (17, false)]) func `sixteen slots are tried`(count: Int, isOpened: Bool) throws {
    let other = #"{"type":1},"#
    let text = try sealed().replacing("\"slots\":[", with: "\"slots\":[" + String(repeating: other, count: count - 1))
    #expect(((try? VaultFile.read(SecretBytes(text: text), secret())) != nil) == isOpened)
  }

  /// Java's buffer has 1.1 bytes for each UTF-16 unit, and doubles, plus one, while that is short.
  @Test(arguments: [
    ("123456789", 9), ("1234567890", 11), (String(repeating: "漢", count: 10), 47),
    (String(repeating: "é", count: 10), 23),
    ("\u{1F511}", 5), ("", 0),
  ])
  func `the buffer of old Aegis versions`(text: String, count: Int) {
    let padded = PasswordSlot.paddedAsOldAegisDid(SecretBytes(text: text)).bytes()
    #expect(padded.count == count)
    #expect(padded == Array(text.utf8) + Array(repeating: 0, count: count - text.utf8.count))
  }

  @Test(arguments: [1, 59, 60, 64, 65, 90]) func `whatever is in it, the slot opens`(count: Int) throws {
    let text = String(repeating: "x", count: count), key = try VaultKey.random()
    let slot = try PasswordSlot.make(for: key, passphrase: PasswordSlot.paddedAsOldAegisDid(SecretBytes(text: text)))
    let file = try AegisFile.make(database: VaultContents().write(), key: key, slots: [slot]).string()
    let old = file.replacing("\"repaired\":true", with: "\"repaired\":false")
    #expect(try VaultFile.read(SecretBytes(text: old), secret(text)).entries.isEmpty)
    // Aegis marks the slots that it has made anew.
    #expect(((try? VaultFile.read(SecretBytes(text: file), secret(text))) != nil) == (count < 60))
  }

  @Test func `a new entry has all that Aegis's have, and its secret without padding`() throws {
    let account = try OTPAccount(
      label: OTPAuthLabel(issuer: "Ex", account: "alice"), factor: .totp(.standard),
      secret: SecretBytes(text: "1234567890123456"))
    let entry = try json(VaultEntry(account)), info = try #require(entry["info"] as? NSDictionary)
    #expect(entry["note"] as? String == "" && entry["favorite"] as? Bool == false && entry["icon"] is NSNull)
    #expect(entry["groups"] as? [String] == [] && UUID(uuidString: entry["uuid"] as? String ?? "") != nil)
    #expect(
      entry["type"] as? String == "totp" && entry["name"] as? String == "alice" && entry["issuer"] as? String == "Ex")
    #expect(info["secret"] as? String == "GEZDGNBVGY3TQOJQGEZDGNBVGY" && info["period"] as? Int == 30)
    #expect(info["algo"] as? String == "SHA1" && info["digits"] as? Int == 6 && info["counter"] == nil)
  }

  @Test func `an entry that counts has no period, and one of the time no counter`() throws {
    let label = OTPAuthLabel(issuer: nil, account: "a")
    func account(_ factor: OTPAuthURI.Factor) throws -> OTPAccount {
      try OTPAccount(label: label, factor: factor, secret: SecretBytes(text: "12345678901234567890"))
    }
    let timed = try VaultEntry(account(.totp(.standard)))
    let counting = try timed.replacing(account(.hotp(algorithm: .sha1, digits: .six, counter: 7)))
    let counts = try #require(try json(counting)["info"] as? NSDictionary)
    #expect(counts["counter"] as? Int == 7 && counts["period"] == nil && counting.id == timed.id)
    let back = try #require(try json(counting.replacing(account(.totp(.standard))))["info"] as? NSDictionary)
    #expect(back["period"] as? Int == 30 && back["counter"] == nil)
  }

  @Test func `the same under another name is another account, and beside what cannot be read too`() throws {
    func account(_ name: String) throws -> OTPAccount {
      try OTPAccount(
        label: OTPAuthLabel(issuer: nil, account: name), factor: .totp(.standard),
        secret: SecretBytes(text: "12345678901234567890"))
    }
    let unreadable = #"{"type":"motp","uuid":"u","name":"m","issuer":"","info":{"secret":"00"}}"#
    let text = #"{"version":1,"header":{"slots":null,"params":null},"db":{"version":3,"entries":[\#(unreadable)]}}"#
    var contents = try VaultFile.read(SecretBytes(text: text), secret())
    #expect(contents.entries.count == 1 && contents.entries[0].account == nil)
    #expect(try contents.add(account("alice")) != nil)
    #expect(try contents.add(account("bob")) != nil)
    #expect(try contents.add(account("alice")) == nil)
    #expect(contents.entries.count == 3)
    // An import goes by the secret alone where that was there before, and by the name too within itself.
    let done = try contents.importing([account("carol")])
    #expect(done.added.isEmpty && done.duplicates.count == 1)
  }

  @Test func `one byte is a passphrase, and none is not`() throws {
    #expect(try VaultFile.read(SecretBytes(text: sealed("x")), secret("x")).entries.isEmpty)
    #expect(throws: VaultError.emptyPassphrase) { _ = try sealed("") }
  }
}
