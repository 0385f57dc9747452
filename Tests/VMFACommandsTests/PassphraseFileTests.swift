import Directory
import ArgumentParser
import Foundation
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Vault
import Verifier

@testable import VMFACommands

/// Files of one line, as editors and other systems write them.
@Suite struct PassphraseFileTests {
  private static let text = "correct horse battery"
  private let folder: TemporaryFolder
  private var vault: String { folder.path("vault.json") }

  init() throws { folder = try TemporaryFolder() }

  static let spellings: [[UInt8]] = [
    Array(text.utf8), Array((text + "\n").utf8), Array((text + "\r\n").utf8), Array((text + "\r").utf8),
    Array(("\u{FEFF}" + text + "\r\n").utf8),
    [0xFF, 0xFE] + (text + "\r\n").utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
    [0xFE, 0xFF] + (text + "\n").utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] },
  ]

  private func file(_ name: String, _ content: [UInt8]) throws -> String {
    try Data(content).write(to: URL(filePath: folder.path(name)))
    return folder.path(name)
  }

  private func opens(_ passphrase: String) throws -> Bool {
    do {
      _ = try VaultFile(path: vault).read { SecretBytes(copying: passphrase.utf8.span) }
      return true
    } catch VaultError.wrongPassphrase { return false }
  }

  @Test(arguments: spellings) func `a vault is made with what a person types`(content: [UInt8]) async throws {
    let made = await run(["vault", "init", "--vault", vault, "--passphrase-file", try file("pass", content)])
    #expect(made.status == 0 && made.diagnostics == [])
    #expect(try opens(Self.text))
    // So is one whose passphrase is changed, or that is exported.
    let other = try file("other", Array("another passphrase\n".utf8))
    #expect(
      await run([
        "vault", "passphrase", "--vault", vault, "--passphrase-file", try file("pass", content),
        "--new-passphrase-file", other,
      ]).status == 0)
    #expect(
      await run([
        "vault", "passphrase", "--vault", vault, "--passphrase-file", other, "--new-passphrase-file",
        try file("pass", content),
      ]).status == 0)
    #expect(try opens(Self.text))
  }

  @Test(arguments: spellings) func `a command prints it, and an export is sealed with it`(content: [UInt8]) async throws
  {
    let printing = ["--passphrase-command", "cat '\(try file("pass", content))'"]
    #expect(await run(["vault", "init", "--vault", vault] + printing).status == 0)
    #expect(try opens(Self.text))
    let export = folder.path("export.json")
    let done = await run(
      [
        "export", "--format", "aegis", "--output", export, "--vault", vault, "--export-passphrase-file",
        try file("pass", content),
      ] + printing)
    #expect(done.status == 0)
    _ = try VaultFile(path: export).read { SecretBytes(copying: Self.text.utf8.span) }
  }

  @Test(arguments: spellings) func `a user's password is what a person types`(content: [UInt8]) async throws {
    let database = ["--database", "sqlite:\(folder.path("v.db"))"]
    #expect(
      await run(["user", "create", "alice", "--password-file", try file("pass", content)] + database).status == 0)
    var options = try VerifierOptions.parse(database)
    options.key.keyFile = folder.path("master.key")
    let accounts = try await options.session().directory
    let profile = try await accounts.checkPassword(
      SharedSecret(SecretBytes(copying: Self.text.utf8.span)), of: UserName("alice"), at: .init(seconds: 1_750_000_000))
    await accounts.store.close()
    #expect(profile != nil)
  }

  @Test(arguments: spellings)
  func `a vault that has more in its passphrase opens as before`(content: [UInt8]) async throws {
    // Version 0.1 took everything but one LF for the passphrase.
    let stored = content.last == 10 ? Array(content.dropLast()) : content
    try VaultFile(path: vault).create(passphrase: SecretBytes(copying: stored.span))
    let pass = ["--passphrase-file", try file("pass", content), "--vault", vault]
    let isClean = stored == Array(Self.text.utf8)
    let listed = await run(["list", "--json"] + pass)
    #expect(listed.status == 0 && listed.output == "[]\n")
    #expect(listed.diagnostics.count == (isClean ? 0 : 1))
    #expect(listed.diagnostics.allSatisfy { $0.contains("vmfa vault passphrase sets another one") })
    // The copy of such a vault, too.
    #expect(await run(["vault", "backup", folder.path("copy.json")] + pass).status == 0)
    #expect(await run(["vault", "restore", folder.path("copy.json")] + pass).status == 0)
    #expect(
      await run(["list", "--passphrase-file", try file("wrong", Array("wrong\r\n".utf8)), "--vault", vault]).status
        == 77)
  }

  @Test(arguments: ["two\nlines\n", "two\r\nlines", "a\n\n", "\u{1B}[A", "nul\0"])
  func `nothing is made with what nobody can type`(content: String) async throws {
    let pass = try file("pass", Array(content.utf8)), database = ["--database", "sqlite:\(folder.path("v.db"))"]
    for arguments in [
      ["vault", "init", "--vault", vault, "--passphrase-file", pass],
      ["user", "create", "alice", "--password-file", pass] + database,
      ["account", "init", "--password-file", pass] + database,
    ] {
      let refused = await run(arguments)
      #expect(refused.status == 65 && refused.diagnostics.first?.contains("cannot be set") == true)
    }
    #expect(!FileManager.default.fileExists(atPath: vault))
    #expect(!FileManager.default.fileExists(atPath: folder.path("v.db")))
    // To open, it is taken as it is.
    let once = content.hasSuffix("\n") ? String(content.dropLast()) : content
    try VaultFile(path: vault).create(passphrase: SecretBytes(copying: once.utf8.span))
    #expect(await run(["list", "--vault", vault, "--passphrase-file", pass]).status == 0)
  }

  @Test func `Latin-1 is not what is typed`() async throws {
    let pass = try file("pass", [0x70, 0xE4, 0x73, 0x73, 0x0A])
    #expect(await run(["vault", "init", "--vault", vault, "--passphrase-file", pass]).status == 65)
  }
}
