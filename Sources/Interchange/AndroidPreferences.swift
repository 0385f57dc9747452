internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// Settings of Android apps that hold tokens as JSON in XML: FreeOTP 1 (`tokens.xml`) and Authy.
enum AndroidPreferences {
  static func recognises(_ text: Span<UInt8>) -> Bool {
    guard let map = XMLElement.parse(text), map.name == "map" else { return false }
    return map.children.contains { json(of: $0).map { isToken($0) || Authy.recognises($0) } ?? false }
  }

  static func read(_ text: Span<UInt8>, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let map = XMLElement.parse(text), map.name == "map" else {
      throw ImportError.broken("the file is no tokens.xml of FreeOTP, or broken")
    }
    var report = ImportReport()
    for (index, element) in map.children.enumerated() where element.attributes["name"] != "tokenOrder" {
      let name = entryName(index, element.attributes["name"])
      guard let json = json(of: element) else {
        report.skip(name, "it is no token")
        continue
      }
      if Authy.recognises(json) {
        let found = try Authy.read(json, passphrase: passphrase)
        report.accounts += found.accounts
        report.refused += found.refused
      } else {
        report.add(name) { try FreeOTPPlus.account(EntryFields(object: json)) }
      }
    }
    return report
  }

  private static func json(of element: XMLElement) -> JSONValue? {
    guard element.name == "string" else { return nil }
    let json = try? JSONValue(parsing: Array(element.text.utf8).span)
    return json.flatMap { $0.kind == .object || $0.kind == .array ? $0 : nil }
  }

  private static func isToken(_ json: JSONValue) -> Bool { json["secret"]?.kind == .array && json["type"] != nil }
}
