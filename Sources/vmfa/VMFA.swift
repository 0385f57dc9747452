internal import Foundation
internal import VMFACommands

/// The program: everything is in VMFACommands.
@main
enum VMFA {
  static func main() async {
    exit(await CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
  }
}
