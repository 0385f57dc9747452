internal import Foundation
internal import OpenSSLCrypto
internal import VMFACommands

/// The program: everything is in VMFACommands.
@main
enum VMFA {
  static func main() {
    occupyStandardDescriptors()
    // A write to a pipe without a reader is then an error like any other, instead of the end.
    _ = signal(SIGPIPE, SIG_IGN)
    // So is a file that grows beyond a limit.
    _ = signal(SIGXFSZ, SIG_IGN)
    // Threads may still be there at the end: those of the system's queues, and of connections to a database.
    LibraryCleanup.leaveToSystem()
    exit(CommandLineTool.runAndWait(Array(CommandLine.arguments.dropFirst())))
  }

  /// Opens those of the descriptors 0 to 2 that are closed on /dev/null: the next file to be opened, a database or a key,
  /// would become standard output or standard error otherwise. Reading and writing them fails as it did.
  private static func occupyStandardDescriptors() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest that is free, which is this one.
      guard unsafe open("/dev/null", mode) == descriptor else { exit(74) }
    }
  }
}
