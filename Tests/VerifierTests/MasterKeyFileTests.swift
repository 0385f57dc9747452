import Foundation
import TestSupport
import Testing
import Verifier

@Suite struct MasterKeyFileTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("master.key") }

  init() throws { folder = try TemporaryFolder() }

  private func write(_ bytes: [UInt8], mode: Int = 0o600) throws {
    try Data(bytes).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func reading() -> String? {
    do {
      _ = try MasterKeyFile.read(path)
      return nil
    } catch {
      guard case .masterKey(let reason, let hint) = error else { return "another error: \(error)" }
      return reason + "; " + (hint ?? "")
    }
  }

  @Test func `made once, of mode 0600, and the same for all who make it at once`() async throws {
    let path = path
    await withTaskGroup { group in
      for _ in 0..<16 { group.addTask { _ = try? MasterKeyFile.readOrCreate(path) } }
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.utf8.count == 65 && text.hasSuffix("\n"))
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["master.key"])
    _ = try MasterKeyFile.readOrCreate(path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func `made where there is no file, and left alone where there is one, or a link to one`() throws {
    try MasterKeyFile.makeIfMissing(path)
    let made = try Data(contentsOf: URL(filePath: path))
    #expect(made.count == 65)
    try MasterKeyFile.makeIfMissing(path)
    #expect(try Data(contentsOf: URL(filePath: path)) == made)
    let link = folder.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    try MasterKeyFile.makeIfMissing(link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    #expect(try Data(contentsOf: URL(filePath: path)) == made)
  }

  @Test func `64 hexadecimal digits with or without a newline, or 32 bytes`() throws {
    for content in [
      Array(String(repeating: "aF", count: 32).utf8), Array((String(repeating: "09", count: 32) + "\n").utf8),
      Array(repeating: 200, count: 32),
    ] {
      try write(content)
      #expect(reading() == nil)
    }
  }

  @Test func `an editor's mark, its line ends and UTF-16 are no part of the digits`() throws {
    let digits = String(repeating: "aF", count: 32)
    for text in [digits + "\r\n", digits + "\r", "\u{FEFF}" + digits, "\u{FEFF}" + digits + "\r\n"] {
      try write(Array(text.utf8))
      #expect(reading() == nil)
    }
    try write([0xFF, 0xFE] + (digits + "\r\n").utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
    #expect(reading() == nil)
    // Cut off, it says so.
    try write([0xFF, 0xFE, 0x61])
    #expect(reading()?.contains("UTF-16") == true)
  }

  @Test(arguments: [0, 1, 31, 33, 63, 66, 4096, 5000]) func `other lengths are refused`(count: Int) throws {
    try write(Array(repeating: UInt8(ascii: "a"), count: count))
    #expect(try #require(reading()).contains(count > 4096 ? "longer" : "wrong length"))
  }

  @Test func `text that is not hexadecimal is refused, unprinted`() throws {
    try write(Array(String(repeating: "zq", count: 32).utf8))
    let reason = try #require(reading())
    #expect(reason.contains("hexadecimal") && !reason.contains("zq"))
  }

  @Test(arguments: [0o644, 0o640, 0o602, 0o610]) func `a key that others may use is refused`(mode: Int) throws {
    try write(Array(repeating: 1, count: 32), mode: mode)
    #expect(try #require(reading()).contains("0600"))
  }

  @Test func `missing, or a folder`() throws {
    #expect(try #require(reading()).contains("missing"))
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(try #require(reading()).contains("not a regular file"))
  }
}
