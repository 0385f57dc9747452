public import OpenSSLCrypto

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Files that are there as a whole or not at all: written beside, synced, then put into place in one step.
public enum DurableFile {
  /// What happens to a file that is there already.
  public enum Placing: Sendable {
    /// It is replaced, in one step.
    case replacing
    /// It is left alone, and ``FileError/exists(path:)`` is thrown.
    case keeping
  }

  /// Writes a file that only its owner may read (mode 0600).
  public static func write(_ bytes: Span<UInt8>, to path: String, _ placing: Placing) throws(FileError) {
    let beside = temporaryPath(for: path)
    do throws(FileError) {
      let file = try Descriptor(opening: beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
      try file.write(bytes)
      try file.synchronize()
    } catch {
      unsafe unlink(beside)
      throw error.renamed(to: path)
    }
    try place(beside, at: path, placing)
  }

  /// Puts a finished file into place, and the step on the disk. The file at `beside` is gone afterwards in any case.
  public static func place(_ beside: String, at path: String, _ placing: Placing) throws(FileError) {
    defer { unsafe unlink(beside) }
    // A link fails where a file is; a rename replaces it.
    let placed =
      switch placing {
      case .replacing: unsafe rename(beside, path)
      case .keeping: unsafe link(beside, path)
      }
    guard placed == 0 else { throw .current(path) }
    try Descriptor(opening: parent(of: path), O_RDONLY | O_DIRECTORY).synchronize()
  }

  /// Reads a file that holds a secret.
  /// - Parameter limit: the most bytes that it may have.
  /// - Throws: ``FileError/unsafe(path:reason:)`` where others than the owner may read or write it, or where it belongs
  ///   to neither this user nor root.
  public static func readSecret(at path: String, limit: Int) throws(FileError) -> SecretBytes {
    let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
    let status = try file.status()
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unusable(path: path, reason: "it is not a regular file") }
    guard status.st_mode & 0o077 == 0 else {
      throw .unsafe(path: path, reason: "others may use it: it must have mode 0600")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw .unsafe(path: path, reason: "it belongs to another user")
    }
    guard status.st_size <= limit else { throw .unusable(path: path, reason: "it is longer than \(limit) bytes") }
    let size = Int(status.st_size)
    return try SecretBytes(count: size) { bytes throws(FileError) in
      guard try file.read(into: &bytes) == size else {
        throw .unusable(path: path, reason: "it changed while it was read")
      }
    }
  }

  /// Makes a folder that only its owner may enter (mode 0700), and those above it, where they are missing.
  public static func makeFolder(at path: String) throws(FileError) {
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw .unusable(path: path, reason: "it is not a folder") }
      return
    }
    guard errno == ENOENT else { throw .current(path) }
    let above = parent(of: path)
    if above != path { try makeFolder(at: above) }
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .current(path) }
  }

  /// A name in the same folder that nobody else uses, for a file that is not yet what it will be.
  public static func temporaryPath(for path: String) -> String {
    "\(path).\(UInt64.random(in: 0...UInt64.max)).tmp"
  }

  /// The folder of a file, `.` where none is written.
  public static func parent(of path: String) -> String {
    var bytes = path.utf8[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    let folder = String(decoding: bytes[..<slash], as: UTF8.self)
    return folder.isEmpty ? "/" : folder
  }
}

extension FileError {
  /// The same failure, told of the file that the caller knows.
  fileprivate func renamed(to path: String) -> FileError {
    switch self {
    case .missing: .missing(path: DurableFile.parent(of: path))
    case .exists: .exists(path: path)
    case .unusable(_, let reason): .unusable(path: path, reason: reason)
    case .unsafe(_, let reason): .unsafe(path: path, reason: reason)
    case .failed(_, let reason): .failed(path: path, reason: reason)
    }
  }
}
