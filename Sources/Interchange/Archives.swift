internal import OATH
internal import OpenSSLCrypto

/// Exports that come in a zip archive: 1Password's 1PUX, Proton Pass's, and any with one file in it.
enum Archives {
  /// Members that are known by their names, without their folders.
  private static let known: Set = ["export.data", "data.json", "raivo-otp-export.json"]

  /// The file that holds the accounts.
  /// - Throws: ``ImportError/unsupported(_:)`` with the way out where it cannot be told or read.
  static func content(of file: Span<UInt8>) throws(ImportError) -> SecretBytes {
    guard let archive = ZipArchive(file) else { throw .broken("the zip archive is broken or cut off") }
    let wanted = archive.members.filter { known.contains($0.name.split(separator: "/").last.map(String.init) ?? "") }
    let candidates = wanted.isEmpty ? archive.members : wanted
    guard let member = candidates.first, candidates.count == 1 else {
      throw .unsupported("this is a zip archive of \(candidates.count) files: unpack it, and import what is in it")
    }
    guard !member.isEncrypted else {
      throw .unsupported("this zip archive is encrypted: unpack it, such as with 7z x, and import what is in it")
    }
    guard let content = ZipArchive.content(of: member, in: file) else {
      throw .broken("\(member.name.prefix(40)) in the zip archive is damaged, or packed in a way that is not read")
    }
    guard !content.withBytes({ ZipArchive.recognises($0) }) else {
      throw .unsupported("this is a zip archive in a zip archive: unpack it, and import what is in it")
    }
    return content
  }
}
