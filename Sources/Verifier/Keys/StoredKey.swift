public import OATH
internal import Foundation
internal import OpenSSLCrypto

/// A key as it is stored: sealed, once for each master key that opens it.
public struct StoredKey: Sendable, Equatable {
  /// What a key is for.
  public enum Purpose: String, Sendable, CaseIterable {
    /// Seals seeds. Given up when no seed is sealed under it any more.
    case seed
    /// Authenticates audit rows, and digests of recovery codes. Kept for as long as there is what it authenticated.
    case integrity
  }

  /// A UUID in lower case, bound into the seal.
  public let id: String
  /// What it is for.
  public let purpose: Purpose
  /// When it was made.
  public let createdAt: UnixTime
  /// The key under each master key that may open it, in the order in which those came.
  package var copies: [Copy]

  /// The key under one master key.
  package struct Copy: Sendable, Equatable {
    /// Its ``MasterKey/id``.
    package let master: String
    package let box: SealedBytes

    package init(master: String, box: SealedBytes) {
      self.master = master
      self.box = box
    }
  }

  package init(id: String, purpose: Purpose, createdAt: UnixTime, copies: [Copy]) {
    self.id = id
    self.purpose = purpose
    self.createdAt = createdAt
    self.copies = copies
  }

  /// Databases from before keys knew their master key have copies under no name; any key may be tried on them.
  package static let anyMaster = ""

  /// A new key, sealed.
  static func make(
    for purpose: Purpose, under master: borrowing MasterKey, at now: UnixTime
  ) throws(VerifierError) -> StoredKey {
    do throws(CryptoError) {
      let key = try SecretBytes.random(count: AESGCM.keyByteCount)
      var stored = StoredKey(id: UUID().uuidString.lowercased(), purpose: purpose, createdAt: now, copies: [])
      try stored.addCopy(of: key, under: master)
      return stored
    } catch { throw .crypto(error) }
  }

  /// The key itself; nil where there is no copy for this master key.
  func open(under master: borrowing MasterKey) throws(CryptoError) -> SecretBytes? {
    let id = try master.id()
    guard let copy = copies.last(where: { $0.master == id || $0.master == Self.anyMaster }) else { return nil }
    do throws(CryptoError) {
      return try master.withBytes { (master) throws(CryptoError) in
        try copy.box.open(key: master, associatedData: associatedData)
      }
    } catch .authenticationFailed { return nil }
  }

  /// Whether there is a copy that this master key opens.
  func opens(under master: borrowing MasterKey) throws(VerifierError) -> Bool {
    do throws(CryptoError) {
      guard let key = try open(under: master) else { return false }
      return key.count > 0
    } catch { throw .crypto(error) }
  }

  mutating func addCopy(of key: borrowing SecretBytes, under master: borrowing MasterKey) throws(CryptoError) {
    let associatedData = associatedData
    let box = try master.withBytes { (master) throws(CryptoError) in
      try key.withBytes { (key) throws(CryptoError) in
        try SealedBytes(sealing: key, key: master, associatedData: associatedData)
      }
    }
    copies.append(Copy(master: try master.id(), box: box))
  }

  private var associatedData: [UInt8] {
    switch purpose {
    case .seed: Array("vmfa data key 1\n\(id)".utf8)
    case .integrity: Array("vmfa integrity key 1\n\(id)".utf8)
    }
  }
}
