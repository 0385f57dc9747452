internal import DurableFiles
internal import OpenSSLCrypto

/// Standard input and the pipes that a shell makes (`<(…)`), where a command takes a file.
enum InputFile {
  /// Reads standard input (`-`) or an open descriptor (`/dev/fd/63`) to its end; nil for the path of a file.
  ///
  /// Whoever started the command opened these. No other user can have put something else in their place, so they are read
  /// without the checks that files are held to.
  static func piped(_ path: String, limit: Int) throws -> SecretBytes? {
    if path == "-" { return try Console.current.readInput(limit) }
    let folders = ["/dev/fd/", "/proc/self/fd/"]
    let isDescriptor = folders.contains { path.hasPrefix($0) && Int32(path.dropFirst($0.count)) != nil }
    guard isDescriptor || path == "/dev/stdin" else { return nil }
    return try DurableFile.read(at: path, limit: limit)
  }
}
