import Foundation
import Interchange
import JSONText
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("sub/vault.json") }

  init() throws { folder = try TemporaryFolder() }

  private func secret(_ text: String = "correct horse") -> () throws -> SecretBytes { { SecretBytes(text: text) } }

  private func account(_ name: String, seed: String = "12345678901234567890") throws -> OTPAccount {
    try OTPAccount(
      label: OTPAuthLabel(issuer: "Ex", account: name), factor: .totp(.standard), secret: SecretBytes(text: seed))
  }

  private func made() throws -> VaultFile {
    let vault = try VaultFile(path: path)
    try vault.create(passphrase: secret()())
    return vault
  }

  private func fixture(_ name: String) throws -> SecretBytes {
    let data = try Data(contentsOf: Vectors.root.appending(path: "TestVectors/import").appending(path: name))
    return SecretBytes(copying: [UInt8](data).span)
  }

  @Test func `made, filled, read, and the version before kept`() throws {
    let vault = try made()
    #expect(try vault.read(secret()).entries.isEmpty)
    let before = try vault.load()
    _ = try vault.update(secret()) { try $0.add(account("alice")) }
    #expect(try vault.read(secret()).entries.map(\.name) == ["Ex:alice"])
    #expect(try Data(contentsOf: URL(filePath: path + ".bak")) == Data(before.bytes()))
    for file in ["", ".bak", ".lock"] {
      #expect(try FileManager.default.attributesOfItem(atPath: path + file)[.posixPermissions] as? Int == 0o600)
    }
    #expect(throws: VaultError.exists(path: path)) { try vault.create(passphrase: secret()()) }
  }

  @Test func `the same account twice is one`() throws {
    let vault = try made()
    let added = try vault.update(secret()) { try $0.add(account("alice")) }
    #expect(try added?.id == vault.read(secret()).entries[0].id)
    #expect(try vault.update(secret()) { try $0.add(account("alice")) } == nil)
    #expect(try vault.update(secret()) { try $0.add(account("alice", seed: "another seed of the name")) } != nil)
  }

  @Test func `a wrong passphrase opens nothing, and each try stands alone`() throws {
    let vault = try made()
    #expect(throws: VaultError.wrongPassphrase) { _ = try vault.read(secret("correct horsE")) }
    #expect(try vault.read(secret()).entries.isEmpty)
    #expect(throws: VaultError.wrongPassphrase) { _ = try vault.update(secret("")) { _ in } }
  }

  @Test func `passphrases in NFC and NFD are one`() throws {
    let vault = try VaultFile(path: path)
    try vault.create(passphrase: SecretBytes(text: "Zo\u{EB} 漢字"))
    #expect(try vault.read(secret("Zoe\u{308} 漢字")).entries.isEmpty)
    #expect(throws: VaultError.wrongPassphrase) { _ = try vault.read(secret("Zoe 漢字")) }
  }

  @Test func `what throws changes nothing`() throws {
    let vault = try made()
    let before = try vault.load().bytes()
    #expect(throws: VaultError.wrongPassphrase) {
      try vault.update(secret()) { contents in
        _ = try contents.add(account("alice"))
        throw VaultError.wrongPassphrase
      }
    }
    #expect(try vault.load().bytes() == before)
  }

  @Test func `Aegis's own files open, plain and encrypted, and show the same`() throws {
    let plain = try VaultFile.read(fixture("aegis_plain.json"), secret("x"))
    let sealed = try VaultFile.read(fixture("aegis_encrypted.json"), secret("vmfa-test"))
    #expect(plain.entries.count == 9 && sealed.entries.count == 9)
    for (a, b) in zip(plain.entries, sealed.entries) {
      let (left, right) = (try #require(a.account), try #require(b.account))
      #expect(a.id == b.id && left.label == right.label && left.showsSameCodes(as: right))
    }
  }

  /// A database with everything that vmfa does not use.
  private static let rich = """
    {"version":1,"extra":[1.50,"\\u00e9"],"header":{"slots":null,"params":null,"hint":"h"},"db":{"version":3,"iconsOptimized":true,
     "groups":[{"uuid":"g","name":"Work"}],"entries":[
     {"type":"totp","uuid":"u1","name":"a","issuer":"I","note":"n\\u00f6te","favorite":true,"icon":"AAAA","icon_mime":"image/png",
      "icon_hash":"ff","info":{"secret":"GEZDGNBVGY3TQOJQ","algo":"SHA1","digits":6,"period":30,"odd":1e3},"groups":["g"],"future":{"x":[null]}},
     {"type":"totp","uuid":"u2","name":"bad","issuer":"","info":{"secret":"GEZDGNBVGY3TQOJQ","algo":"SHA1","digits":9,"period":30}},
     {"type":"motp","uuid":"u3","name":"m","issuer":"","info":{"secret":"00","pin":"1234"}}]}}
    """

  @Test func `what is not understood survives, and what is unreadable is set aside and kept`() throws {
    try FileManager.default.createDirectory(atPath: folder.path("sub"), withIntermediateDirectories: false)
    try Data(Self.rich.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let vault = try VaultFile(path: path)
    try vault.update(secret()) { contents in
      #expect(contents.entries.map { $0.account != nil } == [true, false, false])
      #expect(contents.entries[1].problem?.contains("digits") == true && contents.entries[1].name == "bad")
      contents.entries[0] = try contents.entries[0].replacing(account("renamed"))
      _ = try contents.add(account("new"))
    }
    let before = try JSONSerialization.jsonObject(with: Data(Self.rich.utf8)) as? NSDictionary
    let after = try JSONSerialization.jsonObject(with: Data(vault.load().bytes())) as? NSDictionary
    for key in ["extra", "version"] { #expect(before?[key] as? NSObject == after?[key] as? NSObject) }
    let (old, new) = (try #require(before?["db"] as? NSDictionary), try #require(after?["db"] as? NSDictionary))
    for key in ["version", "iconsOptimized", "groups"] { #expect(old[key] as? NSObject == new[key] as? NSObject) }
    let (olds, news) = (
      try #require(old["entries"] as? [NSDictionary]), try #require(new["entries"] as? [NSDictionary])
    )
    #expect(news.count == 4 && news[1] == olds[1] && news[2] == olds[2])
    for key in ["type", "uuid", "note", "favorite", "icon", "icon_mime", "icon_hash", "groups", "future"] {
      #expect(olds[0][key] as? NSObject == news[0][key] as? NSObject, "\(key)")
    }
    #expect((news[0]["info"] as? NSDictionary)?["odd"] as? Double == 1000 && news[0]["name"] as? String == "renamed")
    #expect((after?["header"] as? NSDictionary)?["hint"] as? String == "h")
  }

  @Test func `several slots: each passphrase opens, and changing it voids them all`() throws {
    let vault = try made()
    let key = try #require(try AegisFile(parsing: vault.load()).unlock(secret()))
    let file = try AegisFile(parsing: vault.load())
    let second = try PasswordSlot.make(for: key, passphrase: SecretBytes(text: "second"))
    let both = try file.replacing(database: VaultContents().write(), key: key, slots: file.slots + [second])
    try Data(both.bytes()).write(to: URL(filePath: path))
    for text in ["correct horse", "second"] { #expect(try vault.read(secret(text)).entries.isEmpty) }
    try vault.changePassphrase(from: secret("second"), to: SecretBytes(text: "third"))
    for text in ["correct horse", "second"] {
      #expect(throws: VaultError.wrongPassphrase) { _ = try vault.read(secret(text)) }
    }
    #expect(try vault.read(secret("third")).entries.isEmpty)
  }

  @Test func `a slot that is broken does not stand in the way of one that opens`() throws {
    let vault = try made()
    let text = try vault.load().string()
    let broken = text.replacing(
      "\"slots\":[",
      with:
        "\"slots\":[{\"type\":1},{\"type\":1,\"n\":1152921504606846976,\"r\":8,\"p\":1,\"salt\":\"00\",\"key\":\"00\",\"key_params\":{\"nonce\":\"00\",\"tag\":\"00\"}},"
    )
    #expect(broken != text)
    #expect(try VaultFile.read(SecretBytes(text: broken), secret()).entries.isEmpty)
  }

  @Test func `a passphrase that is set is not empty, and a copy that is put back not plain`() throws {
    let vault = try made()
    #expect(throws: VaultError.emptyPassphrase) {
      try vault.changePassphrase(from: secret(), to: SecretBytes(text: ""))
    }
    let plain = try VaultFile.plain(VaultContents())
    #expect { _ = try vault.restore(plain, secret()) } throws: { "\($0)".contains("not encrypted") }
    #expect(try vault.read(secret()).entries.isEmpty)
  }

  @Test func `an import knows what was renamed since`() throws {
    var contents = VaultContents()
    #expect(try contents.importing([account("alice"), account("bob"), account("alice")]).added.count == 2)
    contents.entries[0] = try contents.entries[0].replacing(account("renamed"))
    let again = try contents.importing([account("alice"), account("new", seed: "another seed entirely")])
    #expect(again.duplicates.count == 1 && again.added.map(\.label.account) == ["new"])
  }

  @Test func `long passphrases of old Aegis versions, whose keys come from a padded buffer`() throws {
    let long = String(repeating: "correct horse ", count: 6)
    let padded = PasswordSlot.paddedAsOldAegisDid(SecretBytes(text: long))
    #expect(padded.count == 92 && padded.bytes().suffix(8) == [0, 0, 0, 0, 0, 0, 0, 0])
    let key = try VaultKey.random()
    let slot = try PasswordSlot.make(for: key, passphrase: padded)
    let text = try AegisFile.make(database: VaultContents().write(), key: key, slots: [slot]).string()
    #expect(throws: VaultError.wrongPassphrase) { _ = try VaultFile.read(SecretBytes(text: text), secret(long)) }
    let old = text.replacing("\"repaired\":true", with: "\"repaired\":false")
    #expect(try VaultFile.read(SecretBytes(text: old), secret(long)).entries.isEmpty)
  }

  @Test func `hostile costs are refused before anything runs`() throws {
    let text = try made().load().string().replacing("\"n\":32768", with: "\"n\":1152921504606846976")
    #expect(throws: CryptoError.self) { _ = try VaultFile.read(SecretBytes(text: text), secret()) }
  }

  @Test func `damaged files are told apart from wrong passphrases, and left alone`() throws {
    let vault = try made()
    let whole = try vault.load().bytes()
    for damaged in [[], Array(whole.prefix(100)), Array("{}".utf8), Array("[1]".utf8), whole + [0x7D], [0xFF, 0xFE]] {
      try Data(damaged).write(to: URL(filePath: path))
      #expect { _ = try vault.update(secret()) { try $0.add(account("x")) } } throws: { error in
        if case VaultError.broken = error { true } else { false }
      }
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(damaged))
    }
  }

  @Test func `modes and links that are not safe`() throws {
    let vault = try made()
    for mode in [0o644, 0o620, 0o606] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      #expect { _ = try vault.read(secret()) } throws: { error in
        "\(error)".contains("0600")
      }
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let link = folder.path("link.json")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let linked = try VaultFile(path: link)
    _ = try linked.update(secret()) { try $0.add(account("through the link")) }
    #expect(try vault.read(secret()).entries.count == 1)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
  }

  @Test func `a copy is put back only when it opens`() throws {
    let vault = try made()
    _ = try vault.update(secret()) { try $0.add(account("alice")) }
    let copy = try vault.load()
    _ = try vault.update(secret()) { $0.entries.removeAll() }
    #expect(throws: VaultError.wrongPassphrase) { _ = try vault.restore(copy, secret("other")) }
    #expect(try vault.read(secret()).entries.isEmpty)
    #expect(try vault.restore(copy, secret()).entries.count == 1)
    #expect(try vault.read(secret()).entries.count == 1)
  }

  @Test func `a vault of the version before opens`() throws {
    let file = try Data(contentsOf: Vectors.root.appending(path: "TestVectors/upgrade/vault.json"))
    let contents = try VaultFile.read(SecretBytes(copying: [UInt8](file).span), secret("a passphrase of before"))
    #expect(contents.entries.map(\.name) == ["Shop:ann", "Bank:ben"])
    #expect(contents.entries.allSatisfy { $0.account != nil })
  }
}
