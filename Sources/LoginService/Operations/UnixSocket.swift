#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A socket in the file system.
enum UnixSocket {
  /// Whether somebody listens there.
  static func answers(at path: String) -> Bool {
    let opened = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard opened >= 0 else { return false }
    defer { close(opened) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    // Who has no time for one more connection is there as well (EAGAIN), and is not to be waited for.
    _ = fcntl(opened, F_SETFL, O_NONBLOCK)
    return unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(opened, $0, length) } == 0
    } || errno == EAGAIN
  }
}
