import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

/// Exports in zip archives.
@Suite struct ZipTests {
  private static let uri = "otpauth://totp/Shop:ann?secret=GEZDGNBVGY3TQOJQ&issuer=Shop"

  private func read(_ bytes: [UInt8]) throws -> [String] {
    let file = SecretBytes(copying: bytes.span)
    let report = try Interchange.read(file, as: nil, name: "", passphrase: ImportPassphrase { nil })
    return report.accounts.map(\.label.title) + report.skipped.map { "skipped \($0.entry)" }
  }

  private func reason(_ bytes: [UInt8]) -> String {
    do { return "\(try read(bytes))" } catch { return "\(error)" }
  }

  /// An archive of stored files.
  private static func zip(
    _ files: [(name: String, content: String)], flags: UInt16 = 0, method: UInt16 = 0, comment: String = ""
  ) -> [UInt8] {
    var archive: [UInt8] = [], directory: [UInt8] = []
    for (name, content) in files {
      let bytes = Array(content.utf8), count = UInt32(bytes.count), offset = UInt32(archive.count)
      let common =
        flags.bytes + method.bytes + [0, 0, 0, 0] + crc32(bytes).bytes + count.bytes + count.bytes
        + UInt16(name.utf8.count).bytes
      archive += [0x50, 0x4B, 3, 4, 20, 0] + common + UInt16(3).bytes + Array(name.utf8) + [1, 2, 3] + bytes
      directory +=
        [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + common + UInt16(2).bytes + UInt16(1).bytes + [0, 0, 0, 0, 0, 0, 0, 0]
        + offset.bytes + Array(name.utf8) + [1, 2, 3]
    }
    let count = UInt16(files.count)
    return archive + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count.bytes + count.bytes
      + UInt32(directory.count).bytes
      + UInt32(archive.count).bytes + UInt16(comment.utf8.count).bytes + Array(comment.utf8)
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  @Test func `1Password's archive`() throws {
    #expect(try read(ImportTests.file("onepassword.1pux").bytes()) == ["Shop:ann", "skipped entry 2 (Note)"])
  }

  @Test func `the one file of an archive, or the one that is known`() throws {
    #expect(try read(Self.zip([("a.txt", Self.uri)])) == ["Shop:ann"])
    #expect(try read(Self.zip([("a.txt", Self.uri)], comment: "a comment")) == ["Shop:ann"])
    #expect(try read(Self.zip([("d/", ""), ("d/a.txt", Self.uri)])) == ["Shop:ann"])
    #expect(try read(Self.zip([("x.txt", "x"), ("Proton Pass/data.json", "[\"\(Self.uri)\"]")])) == ["Shop:ann"])
    #expect(reason(Self.zip([("x.txt", Self.uri), ("y.txt", Self.uri)])).contains("2 files: unpack it"))
    #expect(reason(Self.zip([])).contains("0 files: unpack it") || reason(Self.zip([])).contains("not recognised"))
    #expect(reason(Self.zip([("a.txt", Self.uri)], flags: 1)).contains("encrypted: unpack it"))
    #expect(reason(Self.zip([("a.txt", Self.uri)], method: 12)).contains("in a way that is not read"))
    #expect(reason(Self.zip([("a.txt", Self.uri)], method: 8)).contains("damaged"))
    let inner = String(decoding: Self.zip([("a.txt", Self.uri)]).filter { $0 < 0x80 }, as: UTF8.self)
    #expect(reason(Self.zip([("b.zip", inner)])).contains("zip archive in a zip archive"))
  }

  @Test func `an archive that is damaged or cut off gives the same, or nothing`() throws {
    let whole = try ImportTests.file("onepassword.1pux").bytes(), wanted = reason(whole)
    #expect(wanted.contains("Shop:ann"))
    for index in whole.indices {
      var flipped = whole
      flipped[index] ^= 0x41
      let found = reason(flipped)
      #expect(found == wanted || !found.contains("Shop:ann"), "byte \(index)")
    }
    for count in 4..<whole.count { #expect(!reason(Array(whole.prefix(count))).contains("Shop:ann")) }
    #expect(reason(Array(whole.prefix(200))).contains("broken or cut off"))
  }
}

extension FixedWidthInteger {
  /// The lowest byte first.
  fileprivate var bytes: [UInt8] { (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}
