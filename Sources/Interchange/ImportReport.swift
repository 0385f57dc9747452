internal import OATH
internal import OpenSSLCrypto

/// What was found in a file: one bad entry never costs the others.
public struct ImportReport: Sendable {
  /// Something about one entry.
  public struct Remark: Sendable, Equatable {
    /// Which entry, as a person finds it again.
    public let entry: String
    /// What is the matter with it.
    public let reason: String

    /// A remark on an entry.
    public init(entry: String, reason: String) {
      self.entry = entry
      self.reason = reason
    }
  }

  /// An empty one.
  public init() {}

  /// What can be used.
  public var accounts: [OTPAccount] = []
  /// Entries that could not be read.
  public var refused: [Remark] = []
  /// Entries that hold no OTP secret, and parts of entries that are not carried over.
  public internal(set) var skipped: [Remark] = []

  /// Remarks about imported entries, such as a name that was made up.
  public internal(set) var notes: [Remark] = []

  /// One QR code of a Google Authenticator export that takes several.
  public struct Batch: Sendable, Equatable {
    var size: Int64 = 1, index: Int64 = 0, id: Int64 = 0
  }

  /// The batches that were read, of whatever exports.
  public var batches: [Batch] = []

  /// The batches that others speak of and that were not read; to be asked for when all files have been.
  public var missingBatches: [Remark] {
    let exports = Dictionary(grouping: batches, by: \.id).sorted { $0.key < $1.key }.prefix(100)
    return exports.flatMap { id, read in
      let size = min(read.map(\.size).max() ?? 1, 1000), seen = Set(read.map(\.index))
      return (0..<max(size, 1)).filter { !seen.contains($0) }.map { index in
        Remark(entry: "batch \(index + 1) of \(size) (export \(id))", reason: "it is missing: scan that QR code too")
      }
    }
  }

  /// Adds what `read` gives, or its error as a refusal.
  mutating func add(_ entry: String, _ read: () throws -> OTPAccount) {
    do { accounts.append(try read()) } catch { refused.append(Remark(entry: entry, reason: "\(error)")) }
  }

  mutating func skip(_ entry: String, _ reason: String) { skipped.append(Remark(entry: entry, reason: reason)) }
  /// Gives a name to every account that has none which a person could type, or tell from another's: such as
  /// `unnamed-1f3a5c`, always the same for the same secret.
  public mutating func nameTheUnnamed() throws {
    var titles = Set(accounts.filter(\.label.hasAccount).map(\.label.title))
    for (index, account) in accounts.enumerated() where !account.label.hasAccount {
      var label = OTPAuthLabel(issuer: account.label.issuer.flatMap { $0.isTypable ? $0 : nil }, account: "")
      if label.issuer == nil || !titles.insert(label.title).inserted {
        let hash = try account.secret.withBytes { (secret) throws(CryptoError) in try SHA256.hash(secret) }
        label = OTPAuthLabel(issuer: label.issuer, account: "unnamed-\(hash.prefix(3).hexadecimal)")
      }
      accounts[index] = try OTPAccount(
        label: label, factor: account.factor, secret: account.secret.copy(), history: account.history)
      notes.append(Remark(entry: "an account without a name", reason: "it is called \(label.title)"))
    }
  }

  /// Adds an entry that could not be read.
  public mutating func refuse(_ entry: String, _ reason: String) {
    refused.append(Remark(entry: entry, reason: reason))
  }
}

/// Why a whole file could not be read.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No format is recognised.
  case unrecognised
  /// It is of a format, and broken.
  case broken(String)
  /// It is encrypted, and there is no passphrase.
  case needsPassphrase
  /// The passphrase does not open it.
  case wrongPassphrase
  /// It cannot be opened here; the text says what to do instead.
  case unsupported(String)

  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .unrecognised: "the format is not recognised"
    case .broken(let reason), .unsupported(let reason): reason
    case .needsPassphrase: "the file is encrypted, and needs its passphrase"
    case .wrongPassphrase: "the passphrase does not open the file"
    }
  }
}

extension OTPAuthLabel {
  /// Whether the account's own name can be typed. A lone dash is standard input to the commands.
  package var hasAccount: Bool { account.isTypable && (issuer != nil || account != "-") }
}

extension String {
  /// Whether there is more to it than spaces and invisible characters.
  fileprivate var isTypable: Bool { !unicodeScalars.allSatisfy(\.isSpaceOrInvisible) }
}
