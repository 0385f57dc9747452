internal import OpenSSLCrypto
internal import Subprocess

/// Programs that vmfa leaves work to, run without a shell unless the person wrote a command for one.
enum ChildProcess {
  /// Runs a program; nil where there is none of that name.
  /// - Parameter showingErrors: whether what it says on standard error is shown, or dropped.
  /// - Returns: its exit status and what it printed, at most 1 MiB.
  static func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [], showingErrors: Bool = false
  ) async throws -> (status: Int32, output: [UInt8])? {
    showingErrors
      ? try await run(program, arguments, input: input, error: .currentStandardError)
      : try await run(program, arguments, input: input, error: .discarded)
  }

  /// What a command line of the person's own prints.
  static func secret(printedBy command: String) async throws -> SecretBytes {
    guard let result = try await run("sh", ["-c", command], showingErrors: true), result.status == 0 else {
      throw CommandError(.forbidden, "the command failed")
    }
    return SecretBytes(copying: result.output.span)
  }

  private static func run(
    _ program: String, _ arguments: [String], input: [UInt8], error: some ErrorOutputProtocol
  ) async throws -> (status: Int32, output: [UInt8])? {
    do {
      let result = try await Subprocess.run(
        .name(program), arguments: Arguments(arguments), input: .inputWriter, output: .bytes(limit: 1 << 20),
        error: error
      ) { execution in
        // Whoever ends before it has read all has its reasons, and a status that tells of them. (Given as an array, what
        // cannot be written would end this program: the library leaves the pipe open, and then finds it so.)
        _ = try? await execution.standardInputWriter.write(input)
      }
      guard case .exited(let status) = result.terminationStatus else { return (-1, []) }
      return (Int32(status), result.standardOutput)
    } catch let error as SubprocessError where error.code == .executableNotFound { return nil }
  }
}
