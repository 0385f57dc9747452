public import Interchange
internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// What is in an open vault, in the order of the file.
public struct VaultContents: Sendable {
  /// Every entry, the unreadable ones included.
  public var entries: [VaultEntry]
  private let raw: JSONValue?

  /// An empty one.
  public init() {
    entries = []
    raw = nil
  }

  init(database: JSONValue) throws {
    guard (1...3).contains(database["version"]?.integer ?? 0), let entries = database["entries"]?.elements else {
      throw VaultError.broken("its database is of an unknown version")
    }
    raw = database
    self.entries = entries.map(VaultEntry.init(raw:))
  }

  /// Adds an account, unless one that shows the same codes under the same name is there; returns the new entry.
  public mutating func add(_ account: OTPAccount) throws -> VaultEntry? {
    let isThere = entries.contains { entry in
      entry.account.map { $0.label == account.label && $0.showsSameCodes(as: account) } ?? false
    }
    guard !isThere else { return nil }
    let entry = try VaultEntry(account)
    entries.append(entry)
    return entry
  }

  /// Adds the accounts of an import. One whose secret and parameters are in the vault already is a duplicate, under
  /// whatever name: importing twice must not double what was renamed since. Within one import the name counts too.
  public mutating func importing(_ accounts: [OTPAccount]) throws -> (added: [OTPAccount], duplicates: [OTPAccount]) {
    let before = Set(try entries.compactMap { try $0.account?.fingerprint() })
    var seen: Set<[String]> = [], added: [OTPAccount] = [], duplicates: [OTPAccount] = []
    for account in accounts {
      let fingerprint = try account.fingerprint()
      let isNew = seen.insert([fingerprint, account.label.issuer ?? "", account.label.account]).inserted
      if before.contains(fingerprint) || !isNew {
        duplicates.append(account)
      } else {
        entries.append(try VaultEntry(account))
        added.append(account)
      }
    }
    return (added, duplicates)
  }

  func write() -> SecretBytes {
    var writer = JSONWriter()
    let names = ["entries"] + ["version", "groups"].filter { raw?[$0] == nil }
    writer.object(keeping: raw?.members ?? [], writing: names) { writer, name in
      switch name {
      case "version": writer.raw("3")
      case "groups": writer.raw("[]")
      default: writer.array(count: entries.count) { writer, index in writer.raw(entries[index].raw) }
      }
    }
    return writer.finish()
  }
}
