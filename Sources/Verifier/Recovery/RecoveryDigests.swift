internal import OATH
internal import OpenSSLCrypto

/// The recovery codes of a user, as digests under one integrity key.
public struct RecoveryDigests: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var kind: RecoveryCode.Kind
    var isSpent: Bool
    var digest: [UInt8]
  }

  /// Under which the digests were made.
  package let keyID: String
  private(set) var entries: [Entry]

  init(keyID: String) {
    self.keyID = keyID
    entries = []
  }

  /// Reads what ``bytes`` wrote; nil for anything else.
  package init?(keyID: String, bytes: [UInt8]) {
    let length = 1 + IntegrityKey.tagByteCount
    guard bytes.count.isMultiple(of: length) else { return nil }
    var entries: [Entry] = []
    for start in stride(from: 0, to: bytes.count, by: length) {
      guard let kind = RecoveryCode.Kind(rawValue: bytes[start] & 0x7F) else { return nil }
      entries.append(
        Entry(kind: kind, isSpent: bytes[start] & 0x80 != 0, digest: Array(bytes[start + 1..<start + length])))
    }
    self.keyID = keyID
    self.entries = entries
  }

  /// For each code its kind, with the highest bit set once it is spent, and its digest.
  package var bytes: [UInt8] { entries.flatMap { [$0.kind.rawValue | ($0.isSpent ? 0x80 : 0)] + $0.digest } }

  /// How many are left.
  public var remaining: Int { entries.count { !$0.isSpent } }

  /// Whether eight digits may be one of them, spent or not.
  package var holdScratchCodes: Bool { entries.contains { $0.kind == .scratch } }

  mutating func add(_ code: borrowing RecoveryCode, of user: UserName, under key: IntegrityKey) throws(VerifierError) {
    entries.append(Entry(kind: code.kind, isSpent: false, digest: try code.digest(for: user, under: key)))
  }

  /// What a code turned out to be.
  enum Match { case none, spent, fresh }

  /// Compares with every digest, in constant time, and spends the one that fits.
  mutating func spend(
    _ code: borrowing RecoveryCode, of user: UserName, keys: KeySet
  ) throws(VerifierError) -> Match {
    guard let key = keys.integrityKey(keyID) else { throw .unknownKey(keyID) }
    let digest = try code.digest(for: user, under: key)
    var found: Int?
    for index in entries.indices {
      let kept = entries[index].digest
      if ConstantTime.equal(kept.span, digest.span) { found = index }
    }
    guard let found else { return .none }
    defer { entries[found].isSpent = true }
    return entries[found].isSpent ? .spent : .fresh
  }
}
