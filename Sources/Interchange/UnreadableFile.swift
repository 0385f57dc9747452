internal import OATH

/// Files that are recognised and cannot be read, each with the way out.
enum UnreadableFile {
  private static let marks: [([UInt8], String)] = [
    (
      [0xAC, 0xED, 0x00, 0x05],
      "this is FreeOTP 2's encrypted backup, which vmfa cannot read: import it into Aegis, and export from there"
    ),
    (
      Array("AUTHENTICATORPRO".utf8),
      "this is an encrypted backup of Stratum, whose key needs Argon2id, which libcrypto 3.0 lacks: back up without a password"
    ),
    (
      Array("SQLite format 3\0".utf8),
      "this is an SQLite database, such as Microsoft Authenticator's PhoneFactor, which vmfa does not read: "
        + "sqlite3 -csv -header FILE 'select name issuer, username, oath_secret_key secret from accounts where account_type = 0' "
        + "writes a table that it reads"
    ),
    (
      [0x03, 0xD9, 0xA2, 0x9A],
      "this is a KeePass database, which vmfa does not open: export its entries as CSV, with KeePassXC"
    ),
    ([0x1F, 0x8B], "this is a gzip file: gzip -dc FILE | vmfa import - reads what is in it"),
    (
      Array("7z\u{BC}\u{AF}".unicodeScalars.map { UInt8($0.value) }),
      "this is a 7z archive: unpack it, and import what is in it"
    ),
    (Array("age-encryption.org/".utf8), "this is an age file: age -d FILE | vmfa import - reads what is in it"),
    (Array("-----BEGIN AGE ".utf8), "this is an age file: age -d FILE | vmfa import - reads what is in it"),
    (
      Array("-----BEGIN PGP MESSAGE".utf8),
      "this is an OpenPGP message: gpg -d FILE | vmfa import - reads what is in it"
    ),
    (Array("%PDF".utf8), "this is a PDF: import an image of its QR code, or the URI as text"),
    (Array("bplist00".utf8), "this is a binary property list: plutil -convert json makes JSON of it"),
  ]

  /// Names a file by its first bytes, and says what to do; nil for any other.
  static func reason(_ file: Span<UInt8>) -> String? {
    if XMLElement.parse(file)?.name == "WinAuth" {
      return
        "this is WinAuth's own file, whose keys only Windows or its password opens: Export in its menu writes URIs, "
        + "which vmfa reads"
    }
    return marks.first { mark, _ in file.count >= mark.count && mark.indices.allSatisfy { file[$0] == mark[$0] } }?.1
  }
}
