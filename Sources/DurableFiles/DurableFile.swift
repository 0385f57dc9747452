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
    try StagedFile(bytes, for: path, placing).place()
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
    try file.refuseForeign(status)
    guard status.st_size <= limit else { throw .unusable(path: path, reason: "it is longer than \(limit) bytes") }
    let size = Int(status.st_size)
    return try SecretBytes(count: size) { bytes throws(FileError) in
      guard try file.read(into: &bytes) == size else {
        throw .unusable(path: path, reason: "it changed while it was read")
      }
    }
  }

  /// What is read.
  public enum Source: Sendable {
    /// Whatever can be, pipes among it.
    case anything
    /// Regular files, and no links to them.
    case files
    /// Of these, what nobody but this user and root can have written.
    case ownFiles
  }

  /// Reads a file, or a pipe to its end, into memory that is wiped.
  /// - Parameters:
  ///   - limit: the most bytes that it may have.
  ///   - source: what else is refused.
  /// - Throws: ``FileError/unsafe(path:reason:)`` for a file that somebody else may have written.
  public static func read(at path: String, limit: Int, _ source: Source = .anything) throws(FileError) -> SecretBytes {
    let file = try Descriptor(opening: path, O_RDONLY | (source == .anything ? 0 : O_NONBLOCK | O_NOFOLLOW))
    let status = try file.status(), kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || source == .anything && kind != S_IFDIR else {
      throw .unusable(path: path, reason: kind == S_IFDIR ? "it is a folder" : "it is no regular file")
    }
    if source == .ownFiles {
      try file.refuseForeign(status)
      try file.refuseWritable(status)
    }
    var content = SecretBuffer(), count = 0
    while true {
      var read = 0
      let chunk = try SecretBytes(count: 65_536) { bytes throws(FileError) in read = try file.readSome(into: &bytes) }
      if read == 0 { return content.finish() }
      count += read
      guard count <= limit else { throw .unusable(path: path, reason: "it is longer than \(limit) bytes") }
      chunk.withBytes { content.append($0.extracting(first: read)) }
    }
  }

  /// Makes a folder that only its owner may enter (mode 0700, whatever the umask), and those above it, where they are missing.
  public static func makeFolder(at path: String) throws(FileError) {
    switch try kind(of: path, followingLinks: true) {
    case .folder: return
    case .file, .other: throw .unusable(path: path, reason: "it is not a folder")
    case nil: break
    }
    let above = parent(of: path)
    if above != path { try makeFolder(at: above) }
    let folder = try Descriptor(opening: above, O_RDONLY | O_DIRECTORY)
    if unsafe mkdir(path, 0o700) == 0 {
      do throws(FileError) { try openToOwner(path) } catch {
        unsafe rmdir(path)
        throw error
      }
    } else if errno != EEXIST {
      throw .current(path)
    }
    try folder.synchronize()
  }

  /// Gives a folder that was just made the mode 0700 where the umask has taken rights from its owner, who could not enter it.
  private static func openToOwner(_ path: String) throws(FileError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw .current(path) }
    guard status.st_mode & 0o777 != 0o700 else { return }
    guard unsafe fchmodat(AT_FDCWD, path, 0o700, AT_SYMLINK_NOFOLLOW) == 0 else { throw .current(path) }
  }

  /// The file that a path leads to, for one that is replaced by every save. A link is followed where this user owns it.
  /// - Throws: ``FileError/unsafe(path:reason:)`` for another one's link.
  public static func target(of path: String) throws(FileError) -> String {
    guard try kind(of: path, followingLinks: false) == .other else { return path }
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw .current(path) }
    guard status.st_mode & S_IFMT == S_IFLNK else { return path }
    guard status.st_uid == geteuid() else { throw .unsafe(path: path, reason: "it is a link of another user") }
    guard let resolved = unsafe realpath(path, nil) else { throw .current(path) }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// What is at a path.
  public enum Kind: Sendable {
    /// A regular file.
    case file
    /// A folder.
    case folder
    /// A link that is not followed, a pipe, a device.
    case other
  }

  /// What is at a path; nil where there is nothing.
  /// - Throws: ``FileError/failed(path:reason:)`` where that cannot be seen.
  public static func kind(of path: String, followingLinks: Bool) throws(FileError) -> Kind? {
    var status = stat()
    guard unsafe (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else {
      if errno == ENOENT { return nil }
      throw .current(path)
    }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// A name in the same folder that nobody else uses, for a file that is not yet what it will be.
  public static func temporaryPath(for path: String) -> String {
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return path + stagedMark + String(repeating: "0", count: 16 - random.count) + random + ".tmp"
  }

  /// By this and sixteen digits a staged file is told from everybody else's.
  private static let stagedMark = ".vmfa-"

  /// Removes what was staged for a file and never placed. Only for files whose writers a lock keeps apart.
  public static func removeStagedFiles(for path: String) {
    let folder = parent(of: path), prefix = path.split(separator: "/").last.map(String.init) ?? path
    guard let listing = unsafe opendir(folder) else { return }
    defer { unsafe closedir(listing) }
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      let random = name.dropFirst((prefix + stagedMark).count).dropLast(4)
      guard name.hasPrefix(prefix + stagedMark), name.hasSuffix(".tmp"), random.count == 16,
        random.allSatisfy(\.isHexDigit)
      else { continue }
      unsafe unlink(folder + "/" + name)
    }
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
