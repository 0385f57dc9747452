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
  /// - Parameter whenHeld: called once where that takes longer than a second.
  public init(beside path: String, whenHeld: (() -> Void)? = nil) throws(FileError) {
    let lockPath = path + ".lock"
    number = try Self.opened(lockPath)
    if let whenHeld, try !isTaken(at: lockPath, within: 1000) { whenHeld() }
    while flock(number, LOCK_EX) != 0 { guard errno == EINTR else { throw .current(lockPath) } }
  }

  /// Takes the lock if nobody holds it; nil if somebody does.
  public init?(ifFreeBeside path: String) throws(FileError) {
    let lockPath = path + ".lock"
    number = try Self.opened(lockPath)
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else { return nil }
  }

  private static func opened(_ lockPath: String) throws(FileError) -> Int32 {
    let opened = unsafe open(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .current(lockPath) }
    // A umask may have kept it from its owner, who could not open it again.
    var status = stat()
    if unsafe fstat(opened, &status) == 0, status.st_mode & 0o600 != 0o600 { _ = fchmod(opened, 0o600) }
    return opened
  }

  private func isTaken(at path: String, within milliseconds: Int) throws(FileError) -> Bool {
    for _ in 0..<milliseconds / 10 {
      if flock(number, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK || errno == EINTR else { throw .current(path) }
      usleep(10_000)
    }
    return false
  }

  deinit { close(number) }
}
