internal import Foundation
internal import OpenSSLCrypto
internal import VMFACommands

/// The program: everything is in VMFACommands.
@main
enum VMFA {
  static func main() {
    // A write to a pipe without a reader is then an error like any other, instead of the end.
    _ = signal(SIGPIPE, SIG_IGN)
    // So is a file that grows beyond a limit.
    _ = signal(SIGXFSZ, SIG_IGN)
    // Threads may still be there at the end: those of the system's queues, and of connections to a database.
    LibraryCleanup.leaveToSystem()
    exit(CommandLineTool.runAndWait(Array(CommandLine.arguments.dropFirst())))
  }
}
