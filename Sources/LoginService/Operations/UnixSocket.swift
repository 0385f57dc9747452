internal import Foundation

/// Sockets of the file system, and on Linux those of no file, whose names begin with a zero byte (unix(7)).
enum UnixSocket {
  private enum Kind { case stream, datagram }

  /// Whether somebody listens at a path. Who has no time for one more connection is there as well, and is not waited for.
  static func answers(at path: String) -> Bool {
    unsafe use(.stream, Array(path.utf8)) { descriptor, address, length in
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      return unsafe connect(descriptor, address, length) == 0 || errno == EAGAIN
    }
  }

  /// Sends one datagram.
  /// - Returns: whether somebody was there to take it.
  @discardableResult
  static func send(_ message: [UInt8], to name: [UInt8]) -> Bool {
    unsafe use(.datagram, name) { descriptor, address, length in
      unsafe sendto(descriptor, message, message.count, 0, address, length) == message.count
    }
  }

  /// - Returns: what `body` says; false where the name is too long or there is no descriptor left.
  private static func use(
    _ kind: Kind, _ name: [UInt8], _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard name.count < capacity else { return false }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let descriptor = socket(AF_UNIX, number(of: kind), 0)
    guard descriptor >= 0 else { return false }
    defer { _ = close(descriptor) }
    // A name without a file ends where its length says, and not at a zero byte.
    let length = socklen_t(MemoryLayout<sockaddr_un>.size - capacity + name.count)
    return unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body(descriptor, $0, length) }
    }
  }

  private static func number(of kind: Kind) -> Int32 {
    #if canImport(Glibc)
      Int32((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
    #else
      kind == .stream ? SOCK_STREAM : SOCK_DGRAM
    #endif
  }
}
