internal import Interchange
internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// Devices with their seeds, sealed under a passphrase: a line that says how the key is derived (scrypt), and then lines of
/// base64, each a run of JSON lines under AES-256-GCM. The place of a run, and whether it is the last, are authenticated
/// with it, so that none can be left out, moved or cut off.
enum DeviceArchive {
  static let mark = "{\"vmfa\":\"device export\""
  private static let cost: (n: UInt64, r: UInt64, p: UInt64) = (32768, 8, 1)

  /// The key and the first line of a new archive.
  static func begin(_ passphrase: borrowing SecretBytes) throws -> (header: [UInt8], key: SharedSecret) {
    var salt = [UInt8](repeating: 0, count: 32)
    var span = salt.mutableSpan
    try SecureRandom.fill(&span)
    let key = try Scrypt.deriveKey(
      from: Passphrase.toSet(passphrase).bytes, salt: salt, cost: Scrypt.Cost(n: cost.n, r: cost.r, p: cost.p),
      count: AESGCM.keyByteCount)
    let header =
      mark
      + ",\"version\":1,\"scrypt\":{\"n\":\(cost.n),\"r\":\(cost.r),\"p\":\(cost.p),\"salt\":\"\(salt.hexadecimal)\"}}"
    return (Array(header.utf8), SharedSecret(key))
  }

  /// Opens an archive that begins with these lines.
  /// - Returns: its key, and the first run.
  static func open(
    _ header: consuming SecretBytes, first line: borrowing SecretBytes, _ passphrase: borrowing SecretBytes
  ) throws -> (key: SharedSecret, first: Run) {
    let derive = try derivation(header)
    return try Passphrase.trying(passphrase) { spelling in
      let key = try derive(spelling)
      return (key, try open(line, place: 0, key: key.bytes))
    }
  }

  /// Lines of JSON, and whether none come after them.
  typealias Run = (lines: SharedSecret, isLast: Bool)

  private static func derivation(_ header: consuming SecretBytes) throws -> (SharedSecret) throws -> SharedSecret {
    let json = try? JSONValue(parsing: header)
    guard let json, json["version"]?.integer == 1, let scrypt = json["scrypt"], let n = scrypt["n"]?.integer,
      let r = scrypt["r"]?.integer, let p = scrypt["p"]?.integer, let salt = scrypt["salt"]?.secretString()
    else { throw ImportError.broken("the archive's first line is not one that this vmfa knows") }
    let bytes = try salt.withBytes { try SecretBytes(hexadecimal: $0) }
    let cost = try Scrypt.Cost(n: UInt64(clamping: n), r: UInt64(clamping: r), p: UInt64(clamping: p))
    let plainSalt = bytes.withBytes { $0.array }
    return { passphrase in
      try SharedSecret(
        Scrypt.deriveKey(from: passphrase.bytes, salt: plainSalt, cost: cost, count: AESGCM.keyByteCount))
    }
  }

  static func seal(_ run: borrowing SecretBytes, place: Int, isLast: Bool, key: borrowing SecretBytes) throws -> [UInt8]
  {
    let context = context(place: place, isLast: isLast)
    let box = try run.withBytes { try AESGCM.seal($0, key: key, associatedData: context.span) }
    let bytes = box.combined
    return Base64.encode(bytes.span).withBytes { $0.array }
  }

  static func open(_ line: borrowing SecretBytes, place: Int, key: borrowing SecretBytes) throws -> Run {
    let broken = ImportError.broken("the archive is broken in line \(place + 2)"), decoded: SecretBytes
    do { decoded = try line.withBytes { try Base64.decode($0) } } catch { throw broken }
    let bytes = decoded.withBytes { $0.array }
    guard let box = AESGCM.SealedBox(combined: bytes) else { throw broken }
    if let run = try open(box, context(place: place, isLast: false), key: key) { return (run, false) }
    if let run = try open(box, context(place: place, isLast: true), key: key) { return (run, true) }
    // The first run that does not open is the passphrase's fault as a rule, and a later one never.
    throw place == 0 ? ImportError.wrongPassphrase : broken
  }

  private static func open(
    _ box: AESGCM.SealedBox, _ context: [UInt8], key: borrowing SecretBytes
  ) throws(CryptoError) -> SharedSecret? {
    let opened: SecretBytes
    do throws(CryptoError) { opened = try AESGCM.open(box, key: key, associatedData: context.span) } catch {
      guard error == .authenticationFailed else { throw error }
      return nil
    }
    return SharedSecret(opened)
  }

  private static func context(place: Int, isLast: Bool) -> [UInt8] {
    Array("vmfa device export 1\n\(place)\n\(isLast ? "last" : "more")".utf8)
  }
}
