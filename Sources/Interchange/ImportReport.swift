/// What was found in a file: one bad entry never costs the others.
public struct ImportReport: Sendable {
  /// Something about one entry.
  public struct Remark: Sendable, Equatable {
    /// Which entry, as a person finds it again.
    public let entry: String
    /// What is the matter with it.
    public let reason: String
  }

  /// An empty one.
  public init() {}

  /// What can be used.
  public var accounts: [Account] = []
  /// Entries that could not be read.
  public var refused: [Remark] = []
  /// Entries that hold no OTP secret, and parts of entries that are not carried over.
  public internal(set) var skipped: [Remark] = []

  /// Adds what `read` gives, or its error as a refusal.
  mutating func add(_ entry: String, _ read: () throws -> Account) {
    do { accounts.append(try read()) } catch { refused.append(Remark(entry: entry, reason: "\(error)")) }
  }

  mutating func skip(_ entry: String, _ reason: String) { skipped.append(Remark(entry: entry, reason: reason)) }
  /// Adds an entry that could not be read.
  public mutating func refuse(_ entry: String, _ reason: String) {
    refused.append(Remark(entry: entry, reason: reason))
  }

  mutating func append(_ other: ImportReport) {
    accounts += other.accounts
    refused += other.refused
    skipped += other.skipped
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
