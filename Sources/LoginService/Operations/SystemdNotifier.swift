internal import Foundation

/// Tells systemd how the service is (sd_notify(3)): `READY=1`, `RELOADING=1`, `STOPPING=1`.
struct SystemdNotifier: Sendable {
  /// The socket's path; nil where the service was started by something else.
  let socket: String?

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
  }

  func tell(_ state: String) {
    guard let socket else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var path = Array(socket.utf8)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.count < capacity else { return }
    // A name that begins with @ is one without a file: there, a zero byte stands for it.
    if path[0] == UInt8(ascii: "@") { path[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
    #if canImport(Glibc)
      let type = Int32(SOCK_DGRAM.rawValue)
    #else
      let type = SOCK_DGRAM
    #endif
    let descriptor = Foundation.socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { return }
    defer { _ = close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let message = Array(state.utf8)
    // systemd that does not listen is no reason to stop.
    _ = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe sendto(descriptor, message, message.count, 0, address, length)
      }
    }
  }
}
