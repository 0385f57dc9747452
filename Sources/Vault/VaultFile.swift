internal import DurableFiles
internal import Foundation
internal import Interchange
internal import JSONText
public import OpenSSLCrypto

/// The authenticator's vault on the disk: an Aegis file of mode 0600.
///
/// It is written beside, synced and put into place in one step, the version before it kept as `.bak`; readers see the
/// old or the new one. Writers wait for each other, so that of two at once nothing is lost.
public struct VaultFile: Sendable {
  /// The largest file that is read, in bytes.
  public static let maximumByteCount = 64 << 20

  /// Where it is, links resolved.
  public let path: String

  private let whenLocked: (@Sendable () -> Void)?

  /// - Parameter whenLocked: called where somebody else has been changing it for more than a second, and is waited for.
  /// - Throws: ``VaultError/file(_:)`` for a link that belongs to somebody else.
  public init(path: String, whenLocked: (@Sendable () -> Void)? = nil) throws {
    self.whenLocked = whenLocked
    do throws(FileError) { self.path = try DurableFile.target(of: path) } catch { throw VaultError.file(error) }
  }

  /// Whether there is a file.
  public var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether it takes a passphrase to read it. Aegis writes files without one too.
  public var isEncrypted: Bool { get throws { try AegisFile(parsing: load()).isEncrypted } }

  /// Makes an empty vault.
  public func create(passphrase: borrowing SecretBytes) throws {
    let file = try Self.sealed(VaultContents(), passphrase: passphrase)
    do throws(FileError) {
      try DurableFile.makeFolder(at: DurableFile.parent(of: path))
      try file.withBytes { (file) throws(FileError) in try DurableFile.write(file, to: path, .keeping) }
    } catch .exists { throw VaultError.exists(path: path) } catch { throw VaultError.file(error) }
  }

  /// A file of its own with these contents, for an export.
  public static func sealed(_ contents: VaultContents, passphrase: borrowing SecretBytes) throws -> SecretBytes {
    let key = try VaultKey.random()
    let slot = try Self.slot(for: key, passphrase)
    return try AegisFile.make(database: contents.write(), key: key, slots: [slot])
  }

  private static func slot(for key: VaultKey, _ passphrase: borrowing SecretBytes) throws -> JSONValue {
    guard passphrase.count > 0 else { throw VaultError.emptyPassphrase }
    return try PasswordSlot.make(for: key, passphrase: Passphrase.toSet(passphrase).bytes)
  }

  /// The same without encryption.
  public static func plain(_ contents: VaultContents) throws -> SecretBytes {
    try AegisFile.make(database: contents.write(), key: nil, slots: [])
  }

  /// Reads the contents.
  public func read(_ passphrase: () throws -> SecretBytes) throws -> VaultContents {
    try Self.read(load(), passphrase)
  }

  /// Reads the contents of an Aegis file that is not this vault.
  public static func read(
    _ file: consuming SecretBytes, _ passphrase: () throws -> SecretBytes
  ) throws -> VaultContents {
    let file = try AegisFile(parsing: file)
    return try VaultContents(database: file.database(file.unlock(passphrase)))
  }

  /// Whether a file is an Aegis vault or export.
  public static func recognises(_ file: borrowing SecretBytes) -> Bool {
    file.withBytes { (try? JSONValue(parsing: $0)).map(AegisFile.recognises) ?? false }
  }

  /// Changes the contents. Nothing is written when `body` throws.
  public func update<R>(
    _ passphrase: () throws -> SecretBytes, _ body: (inout VaultContents) throws -> R
  ) throws -> R {
    let lock = try lock()
    defer { withExtendedLifetime(lock) {} }
    let old = try load()
    let file = try AegisFile(parsing: old.copy()), key = try file.unlock(passphrase)
    var contents = try VaultContents(database: file.database(key))
    let result = try body(&contents)
    try save(file.replacing(database: contents.write(), key: key, slots: file.slots), over: old)
    return result
  }

  /// Replaces all password slots by one for a new passphrase.
  public func changePassphrase(
    from old: () throws -> SecretBytes, to new: borrowing SecretBytes
  ) throws {
    let lock = try lock()
    defer { withExtendedLifetime(lock) {} }
    let before = try load()
    let file = try AegisFile(parsing: before.copy())
    let contents = try VaultContents(database: file.database(file.unlock(old)))
    // A new master key too: whoever knew the old one must not open what is written from now on.
    let key = try VaultKey.random()
    let slot = try Self.slot(for: key, new)
    try save(file.replacing(database: contents.write(), key: key, slots: [slot]), over: before)
  }

  /// Puts a whole file in the vault's place, after it has been opened; the version before stays as `.bak`.
  /// - Returns: what is in it.
  public func restore(_ file: borrowing SecretBytes, _ passphrase: () throws -> SecretBytes) throws -> VaultContents {
    guard try AegisFile(parsing: file.copy()).isEncrypted else {
      throw VaultError.broken("the copy is not encrypted; vmfa import takes its accounts")
    }
    let contents = try Self.read(file.copy(), passphrase)
    let lock = try lock()
    defer { withExtendedLifetime(lock) {} }
    if exists {
      try save(file.copy(), over: load())
    } else {
      try placing { (path) throws(FileError) in
        try file.withBytes { (file) throws(FileError) in try DurableFile.write(file, to: path, .keeping) }
      }
    }
    return contents
  }

  /// The file as it is.
  public func load() throws -> SecretBytes {
    do throws(FileError) {
      return try DurableFile.readSecret(at: path, limit: Self.maximumByteCount)
    } catch .missing { throw VaultError.missing(path: path) } catch { throw VaultError.file(error) }
  }

  private func lock() throws -> FileLock {
    do throws(FileError) {
      try DurableFile.makeFolder(at: DurableFile.parent(of: path))
      return try FileLock(beside: path, whenHeld: whenLocked)
    } catch { throw VaultError.file(error) }
  }

  private func save(_ file: consuming SecretBytes, over old: borrowing SecretBytes) throws {
    let backup = path + ".bak"
    // Whoever was killed in the middle of a save has left one behind; under the lock nobody is writing one.
    DurableFile.removeStagedFiles(for: path)
    DurableFile.removeStagedFiles(for: backup)
    try placing { (_) throws(FileError) in
      try old.withBytes { (old) throws(FileError) in try DurableFile.write(old, to: backup, .replacing) }
    }
    let new = file
    try placing { (path) throws(FileError) in
      try new.withBytes { (new) throws(FileError) in try DurableFile.write(new, to: path, .replacing) }
    }
  }

  private func placing(_ body: (String) throws(FileError) -> Void) throws {
    do throws(FileError) { try body(path) } catch { throw VaultError.file(error) }
  }
}
