internal import Foundation

/// Puts text where it can be pasted: through the desktop's own program, or else through the terminal (OSC 52).
enum Clipboard {
  static func copy(_ text: String, _ console: Console) async throws {
    let programs: [(variable: String?, program: String, arguments: [String])] = [
      ("WAYLAND_DISPLAY", "wl-copy", []), ("DISPLAY", "xclip", ["-selection", "clipboard"]), (nil, "pbcopy", []),
    ]
    for (variable, program, arguments) in programs where variable.map({ console.variable($0) != nil }) ?? true {
      if let result = try await ChildProcess.run(program, arguments, input: Array(text.utf8)), result.status == 0 {
        return
      }
    }
    guard let terminal = console.openTerminal() else {
      throw CommandError(.unreachable, "there is neither a clipboard nor a terminal to copy to")
    }
    terminal.show(escape(text))
    console.note("copied through the terminal, if it allows that (OSC 52)")
  }

  /// The sequence that asks a terminal to take text into its clipboard.
  static func escape(_ text: String) -> String {
    "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}"
  }
}
