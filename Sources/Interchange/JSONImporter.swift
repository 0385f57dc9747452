internal import JSONText

/// A format of other programs whose files are JSON.
protocol JSONImporter {
  /// Whether a file is of this format.
  static func recognises(_ file: JSONValue) -> Bool
  /// Reads a file; one bad entry never costs the others.
  /// - Throws: ``ImportError`` where nothing at all could be read.
  static func read(_ file: JSONValue, passphrase: ImportPassphrase) throws -> ImportReport
}

extension JSONValue {
  /// Whether it is an array with an object that has all of these members: one broken entry does not hide the others.
  func hasEntry(with members: String...) -> Bool {
    (elements ?? []).contains { entry in members.allSatisfy { entry[$0] != nil } }
  }
}

extension ImportReport {
  /// Reads entries one by one.
  mutating func add(
    _ entries: [JSONValue], name: (EntryFields) -> String?, _ read: (EntryFields) throws -> OTPAccount
  ) {
    for (index, entry) in entries.enumerated() {
      let fields = EntryFields(object: entry)
      add(entryName(index, name(fields))) {
        guard entry.kind == .object else { throw EntryError("it is no object") }
        return try read(fields)
      }
    }
  }
}
