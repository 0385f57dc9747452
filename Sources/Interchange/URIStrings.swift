internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// JSON of any kind with URIs in it: a string that is one, wherever it stands.
enum URIStrings: JSONImporter {
  static func recognises(_ file: JSONValue) -> Bool {
    var isFound = false
    walk(file) { _ in isFound = true }
    return isFound
  }

  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport {
    var report = ImportReport(), number = 0
    walk(file) { uri in
      number += 1
      uri.withBytes { report.add(uri: $0.extracting($0.rangeWithoutOuterSpace), entry: "URI \(number)") }
    }
    guard number > 0 else { throw ImportError.broken("no string of the file is an otpauth URI") }
    return report
  }

  private static func walk(_ value: JSONValue, _ take: (borrowing SecretBytes) -> Void) {
    if let text = value.secretString(), text.withBytes(isURI) { take(text) }
    for (_, member) in value.members ?? [] { walk(member, take) }
    for element in value.elements ?? [] { walk(element, take) }
  }

  private static func isURI(_ text: Span<UInt8>) -> Bool {
    let text = text.extracting(text.rangeWithoutOuterSpace)
    if text.begins(withScheme: "otpauth://") || text.begins(withScheme: "otpauth-migration://") { return true }
    // Steam's client has URIs with the same scheme, such as steam://run/440.
    let steam = "steam://".utf8.count
    return text.begins(withScheme: "steam://")
      && text.extracting(steam...).firstIndex(of: UInt8(ascii: "/")) == nil
  }
}
