import Foundation
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@testable import VMFACommands

@Suite struct ImageKindTests {
  static let padding = [UInt8](repeating: 1, count: 8)

  @Test(
    arguments: [
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF, 0xE0], Array("GIF87a".utf8),
      Array("GIF89a".utf8),
      Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEBP".utf8), Array("BM".utf8) + [1, 2, 3, 4, 0, 0, 0, 0],
      [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B], [0xFF, 0x0A],
      [0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20],
      [0, 0, 0, 0x18] + Array("ftypheic".utf8), [0, 0, 0, 0x1C] + Array("ftypavif".utf8),
      [0, 0, 0, 0x18] + Array("ftypmif1".utf8),
      Array("P5\n37 37\n255\n".utf8), Array("P1 # a comment".utf8), Array("P6\t1".utf8),
    ] as [[UInt8]])
  func `pixels are known by their first bytes`(start: [UInt8]) {
    #expect(ImageKind((start + Self.padding).span) == .pixels)
    // Cut off in the mark, it is nothing.
    #expect(ImageKind(Array(start.prefix(1)).span) == nil)
  }

  @Test(arguments: [
    "<svg xmlns='x'>", "<?xml version='1.0'?>\n<svg>",
    "\u{FEFF}<?xml version='1.0'?><!-- by > hand --><!DOCTYPE svg PUBLIC 'x'>\n <svg>",
  ])
  func `drawings are known by their first element`(text: String) { #expect(ImageKind(text.utf8.span) == .drawing) }

  @Test(arguments: [
    "", "P", "P7 1", "P5", "P5x", "PASSWORD", "BMW,otpauth://totp/a", "RIFFRAFF and more text", "GIF",
    "<?xml version='1.0'?><pskc>",
    "<html><svg></html>", "<!-- never closed", "II*", "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ", "{\"version\": 1}",
    "    ftypmp42 ",
    "<!DOCTYPE html><svg>", "P3a",
  ])
  func `text is no image`(text: String) { #expect(ImageKind(text.utf8.span) == nil) }

  @Test(arguments: ["qr_utf8_umlauts.png", "qr_inverted.png", "qr_transparent.png", "qr.tiff", "qr.svg"])
  func `every way to write the same picture is read`(name: String) async throws {
    let path = Vectors.root.appending(path: "TestVectors/bugs/\(name)").path
    let report = try await QRImage.read(path)
    let isUmlauts = name == "qr_utf8_umlauts.png"
    #expect(report.accounts.map(\.label.title) == [isUmlauts ? "Größe über:müller" : "Shop:ann"])
    #expect(report.refused.isEmpty)
    let content = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let isImage = QRImage.recognises(SecretBytes(copying: content.span))
    #expect(isImage)
  }
}
