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
    var name = Array(socket.utf8)
    // A name that begins with @ is one without a file: there, a zero byte stands for it.
    if name[0] == UInt8(ascii: "@") { name[0] = 0 }
    // systemd that does not listen is no reason to stop.
    UnixSocket.send(Array(state.utf8), to: name)
  }
}
