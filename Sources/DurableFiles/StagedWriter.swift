#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file of mode 0600 that is written bit by bit beside its place, and is there as a whole or not at all.
public struct StagedWriter: ~Copyable {
  private let file: Descriptor
  private let staged: StagedFile

  /// Begins a file; there may be none in its place.
  public init(for path: String) throws(FileError) {
    guard try DurableFile.kind(of: path, followingLinks: false) == nil else { throw .exists(path: path) }
    let beside = DurableFile.temporaryPath(for: path)
    let file = try Descriptor(opening: beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    self.init(file: file, staged: StagedFile(adopting: beside, for: path, .keeping))
  }

  private init(file: consuming Descriptor, staged: StagedFile) {
    self.file = file
    self.staged = staged
  }

  /// Adds bytes at the end.
  public borrowing func write(_ bytes: Span<UInt8>) throws(FileError) { try file.write(bytes) }

  /// Puts the file into its place, on the disk.
  public consuming func place() throws(FileError) {
    try file.synchronize()
    try staged.place()
  }
}
