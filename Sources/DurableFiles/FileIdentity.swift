#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Which file it is, whatever it is called.
public struct FileIdentity: Sendable, Equatable {
  private let device, number: UInt64

  /// The file that a path leads to; nil where there is none.
  public init?(of path: String) throws(FileError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .current(path)
    }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
  }
}
