#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An exclusive lock (flock) that lasts as long as this value. It is taken on a file of its own beside the one it
/// protects, since that one is replaced by every save; the system lets go of it when the process ends, however it ends.
public final class FileLock: Sendable {
  private let number: Int32

  /// Waits for whoever holds the lock.
  public init(beside path: String) throws(FileError) {
    let lockPath = path + ".lock"
    let opened = unsafe open(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .current(lockPath) }
    while flock(opened, LOCK_EX) != 0 {
      guard errno == EINTR else {
        let error = FileError.current(lockPath)
        close(opened)
        throw error
      }
    }
    number = opened
  }

  deinit { close(number) }
}
