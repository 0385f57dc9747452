internal import Foundation
internal import OATH
internal import OpenSSLCrypto

extension Console {
  /// Standard streams, environment, clock and terminal of the process.
  static let system = Console(
    write: { try writeAll($0, to: STDOUT_FILENO) },
    say: { line in
      // Where standard error cannot be written to, there is nobody left to tell.
      try? writeAll(Array((line.withoutControls + "\n").utf8), to: STDERR_FILENO)
    },
    readInput: readStandardInput,
    variable: { name in
      let value = ProcessInfo.processInfo.environment[name]
      return value?.isEmpty == false ? value : nil
    },
    now: { try UnixTime(seconds: Int64(time(nil))) },
    isInputTerminal: { isatty(STDIN_FILENO) == 1 },
    outputColumns: { isatty(STDOUT_FILENO) == 1 ? TerminalIO.size(of: STDOUT_FILENO).columns : nil },
    isErrorTerminal: { isatty(STDERR_FILENO) == 1 },
    showProgress: { try? writeAll(Array($0.utf8), to: STDERR_FILENO) },
    openTerminal: { Terminal.open() })

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      // The reader has gone: no news to anybody, but what was begun is undone first.
      if written < 0, errno == EPIPE { throw Ending(signal: SIGPIPE) }
      guard written > 0 else {
        throw CommandError(.inputOutput, "standard output: \(unsafe String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(written)
    }
  }

  private static func readStandardInput(limit: Int) throws -> SecretBytes {
    var count = 0
    let buffer = try SecretBytes(count: limit + 1) { bytes throws(CommandError) in
      while count < bytes.count {
        let read = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
          unsafe Foundation.read(STDIN_FILENO, buffer.baseAddress?.advanced(by: count), buffer.count - count)
        }
        if read < 0, errno == EINTR { continue }
        guard read >= 0 else {
          throw CommandError(.inputOutput, "standard input: \(unsafe String(cString: strerror(errno)))")
        }
        if read == 0 { break }
        count += read
      }
    }
    guard count <= limit else { throw CommandError(.data, "standard input holds more than \(limit) bytes") }
    return buffer.prefix(count)
  }
}
