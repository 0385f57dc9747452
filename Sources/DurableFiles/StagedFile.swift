#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that is written and synced beside its place, and gone again unless it is put there: so that several can be
/// made ready before the first is seen.
public final class StagedFile: Sendable {
  private let beside: String
  private let path: String
  private let placing: DurableFile.Placing

  /// Writes the bytes beside `path`, of mode 0600.
  /// - Throws: ``FileError``; also where a link, a pipe or a device is in the place.
  public init(_ bytes: Span<UInt8>, for path: String, _ placing: DurableFile.Placing) throws(FileError) {
    switch try DurableFile.kind(of: path, followingLinks: false) {
    case nil, .file: break
    case .folder: throw .failed(path: path, reason: "it is a folder")
    case .other: throw .unusable(path: path, reason: "it is no regular file")
    }
    self.path = path
    self.placing = placing
    beside = DurableFile.temporaryPath(for: path)
    do throws(FileError) {
      let file = try Descriptor(opening: beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
      try file.write(bytes)
      try file.synchronize()
    } catch {
      unsafe unlink(beside)
      throw error.renamed(to: path)
    }
  }

  /// Takes over a file that something else has written and synced at ``DurableFile/temporaryPath(for:)``.
  public init(adopting beside: String, for path: String, _ placing: DurableFile.Placing) {
    self.beside = beside
    self.path = path
    self.placing = placing
  }

  deinit { unsafe unlink(beside) }

  /// Puts the file into its place in one step, and that step on the disk.
  /// - Throws: ``FileError/exists(path:)`` where a file is and is to be kept.
  public func place() throws(FileError) {
    // Opened first: once the file is in its place, as little as possible may still fail.
    let folder = try Descriptor(opening: DurableFile.parent(of: path), O_RDONLY | O_DIRECTORY)
    // A link fails where a file is; a rename replaces it.
    let placed =
      switch placing {
      case .replacing: unsafe rename(beside, path)
      case .keeping: unsafe link(beside, path)
      }
    guard placed == 0 else { throw .current(path) }
    try folder.synchronize()
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
