import OATH
import OpenSSLCrypto
import Synchronization

@testable import VMFACommands

/// Runs a command in process, with an environment of its own, and keeps what it prints.
func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) async -> Ran {
  let output = Mutex<[UInt8]>([]), diagnostics = Mutex<[String]>([])
  let console = Console(
    write: { bytes in output.withLock { $0 += bytes } },
    say: { line in diagnostics.withLock { $0.append(line) } },
    readInput: { _ in SecretBytes(copying: Array(input.utf8).span) },
    variable: { environment[$0] },
    now: { try UnixTime(seconds: 1_750_000_000) },
    isInputTerminal: { false },
    outputColumns: { nil },
    isErrorTerminal: { false },
    showProgress: { _ in },
    openTerminal: { nil })
  let status = await Console.$current.withValue(console) { await CommandLineTool.run(arguments) }
  return Ran(
    status: status, output: String(decoding: output.withLock(\.self), as: UTF8.self),
    diagnostics: diagnostics.withLock(\.self))
}

struct Ran {
  var status: Int32
  var output: String
  var diagnostics: [String]
}
