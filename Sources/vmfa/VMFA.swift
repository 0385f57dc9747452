internal import Foundation
internal import VMFACommands

/// The program: everything is in VMFACommands.
@main
enum VMFA {
  static func main() async {
    // A write to a pipe without a reader is then an error like any other, instead of the end.
    _ = signal(SIGPIPE, SIG_IGN)
    // So is a file that grows beyond a limit.
    _ = signal(SIGXFSZ, SIG_IGN)
    exit(await CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
  }
}
