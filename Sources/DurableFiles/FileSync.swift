#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Waits for the disk to have what was written to a file, by whomever and through whatever descriptor.
public final class FileSync: Sendable {
  private let descriptor: Descriptor

  /// Opens the file, to read.
  public init(_ path: String) throws(FileError) { descriptor = try Descriptor(opening: path, O_RDONLY) }

  /// Returns once all of the file that was written before is on the disk.
  /// - Throws: ``FileError``: then nobody knows what is, and a later call that returns says nothing of it.
  public func wait() throws(FileError) { try descriptor.synchronizeData() }
}
