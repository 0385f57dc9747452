internal import Interchange
internal import JSONText
internal import OpenSSLCrypto

/// The outside of an Aegis vault, version 1: slots, and the database, sealed or plain. What is not known in it is kept.
struct AegisFile: Sendable {
  let root: JSONValue
  /// As they stand; empty for a plain file.
  let slots: [JSONValue]

  init(parsing text: consuming SecretBytes) throws {
    let root: JSONValue
    do throws(JSONError) { root = try JSONValue(parsing: text) } catch { throw VaultError.broken("\(error)") }
    guard Self.recognises(root) else { throw VaultError.broken("it is no Aegis vault") }
    guard root["version"]?.integer == 1 else { throw VaultError.broken("its version is not 1") }
    self.root = root
    slots = root["header"]?["slots"]?.elements ?? []
  }

  static func recognises(_ file: JSONValue) -> Bool { file["header"]?.kind == .object && file["db"] != nil }

  var isEncrypted: Bool { root["db"]?.kind == .string }

  /// Each costs a run of scrypt: a file with thousands would keep the program busy for hours.
  private static let maximumSlots = 16

  /// The master key, by whichever password slot opens; nil for a plain file.
  func unlock(_ passphrase: () throws -> SecretBytes) throws -> VaultKey? {
    guard isEncrypted else { return nil }
    let slots = slots.filter(PasswordSlot.isPasswordSlot)
    guard !slots.isEmpty else {
      throw VaultError.broken("it has no password slot: it opens with another kind of key only")
    }
    // A slot that is broken or too costly does not stand in the way of the others, nor does it say anything of the passphrase
    // where one of them was shut to it.
    var problem: (any Error)?, isRefused = false
    for spelling in Passphrase.spellings(of: try passphrase()) {
      for slot in slots.prefix(Self.maximumSlots) {
        do {
          if let key = try PasswordSlot.open(slot, passphrase: spelling.bytes) { return key }
          isRefused = true
        } catch { problem = error }
      }
    }
    if let problem, !isRefused { throw problem }
    throw VaultError.wrongPassphrase
  }

  /// The database inside.
  func database(_ key: VaultKey?) throws -> JSONValue {
    guard let db = root["db"] else { throw VaultError.broken("it has no db") }
    guard isEncrypted else { return db }
    guard let key, let parameters = root["header"]?["params"], let nonce = parameters.hexadecimal("nonce"),
      let tag = parameters.hexadecimal("tag"), let text = db.secretString()
    else { throw VaultError.broken("its header is incomplete") }
    let none: [UInt8] = []
    let plain: SecretBytes
    do {
      let sealed = try text.withBytes { text in
        try Base64.decode(text).withBytes { $0.array }
      }
      plain = try AESGCM.open(
        .init(nonce: nonce, ciphertext: sealed, tag: tag), key: key.bytes, associatedData: none.span)
    } catch { throw VaultError.broken("its contents do not fit its key: it is damaged") }
    do throws(JSONError) { return try JSONValue(parsing: plain) } catch { throw VaultError.broken("\(error)") }
  }

  /// The file with another database and these slots; sealed under the key, if there is one.
  func replacing(database: consuming SecretBytes, key: VaultKey?, slots: [JSONValue]) throws -> SecretBytes {
    try Self.write(
      members: root.members ?? [], header: root["header"]?.members ?? [], database: database, key: key, slots: slots)
  }

  /// A new file.
  static func make(database: consuming SecretBytes, key: VaultKey?, slots: [JSONValue]) throws -> SecretBytes {
    try write(members: [], header: [], database: database, key: key, slots: slots)
  }

  private static func write(
    members: [(key: String, value: JSONValue)], header: [(key: String, value: JSONValue)],
    database: consuming SecretBytes, key: VaultKey?, slots: [JSONValue]
  ) throws -> SecretBytes {
    let none: [UInt8] = []
    let box = try key.map { key in
      try database.withBytes { try AESGCM.seal($0, key: key.bytes, associatedData: none.span) }
    }
    var writer = JSONWriter()
    writer.object(keeping: members, writing: ["version", "header", "db"]) { writer, name in
      switch name {
      case "version": writer.raw("1")
      case "header":
        writer.object(keeping: header, writing: ["slots", "params"]) { writer, name in
          guard let box else { return writer.raw("null") }
          if name == "params" { return writer.parameters(nonce: box.nonce, tag: box.tag) }
          writer.array(count: slots.count) { writer, index in writer.raw(slots[index]) }
        }
      default:
        if let box {
          Base64.encode(box.ciphertext.span).withBytes { writer.string($0) }
        } else {
          database.withBytes { writer.raw($0) }
        }
      }
    }
    return writer.finish()
  }
}
