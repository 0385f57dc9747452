internal import Foundation

extension UnixSocket {
  /// Why a socket cannot get its mode or its group; one line in lower case.
  struct AccessError: Error, CustomStringConvertible {
    let description: String
  }

  /// The mode and group of a socket in the file system: they decide who may connect.
  struct Access: Sendable {
    private let path: String
    private let mode: mode_t
    private let group: gid_t?

    /// - Parameter group: a name or a number; nil for the process's own.
    /// - Throws: ``ConfigurationError`` for a group that there is not, or that this process cannot give.
    init(path: String, mode: UInt32, group: String?) throws(ConfigurationError) {
      self.path = path
      self.mode = mode_t(mode)
      self.group = if let group { try Self.id(of: group) } else { nil }
    }

    private static func id(of name: String) throws(ConfigurationError) -> gid_t {
      var id = gid_t(name)
      if let entry = unsafe getgrnam(name) { id = unsafe entry.pointee.gr_gid }
      guard let id else { throw ConfigurationError("there is no group \(name)") }
      guard geteuid() == 0 || getegid() == id || supplementaryGroups().contains(id) else {
        throw ConfigurationError(
          "the socket's group \(name) is none of this process's groups: add its user to the group")
      }
      return id
    }

    private static func supplementaryGroups() -> [gid_t] {
      var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
      let count = unsafe getgroups(Int32(groups.count), &groups)
      return Array(groups.prefix(Int(max(0, count))))
    }

    /// Gives the socket its group, and then its mode.
    func apply() throws(AccessError) {
      if let group, unsafe chown(path, uid_t.max, group) != 0 { throw Self.failure("chown") }
      if unsafe chmod(path, mode) != 0 { throw Self.failure("chmod") }
    }

    private static func failure(_ call: String) -> AccessError {
      AccessError(description: "\(call): \(unsafe String(cString: strerror(errno)))")
    }
  }
}
