internal import Foundation
internal import OATH
internal import OpenSSLCrypto

/// Everything a command touches besides files and the database, so that tests can run one in process.
struct Console: Sendable {
  /// The one in use; the system's unless a test says otherwise.
  @TaskLocal static var current = Console.system

  /// Results, as they are; throws where they cannot be written.
  var write: @Sendable (_ result: [UInt8]) throws -> Void
  /// A line about the work, for standard error.
  var say: @Sendable (_ line: String) -> Void
  /// All of standard input, up to a limit in bytes.
  var readInput: @Sendable (_ limit: Int) throws -> SecretBytes
  /// The variable of this name, if it is set and not empty.
  var variable: @Sendable (_ name: String) -> String?
  /// The wall clock.
  var now: @Sendable () throws -> UnixTime
  /// Whether standard input is a terminal.
  var isInputTerminal: @Sendable () -> Bool
  /// The width of standard output in columns; nil where it is no terminal.
  var outputColumns: @Sendable () -> Int?
  /// Whether standard error is a terminal.
  var isErrorTerminal: @Sendable () -> Bool
  /// Text for standard error as it is, to write over what stands there.
  var showProgress: @Sendable (_ text: String) -> Void
  /// The terminal of the person who runs the command; nil where there is none.
  var openTerminal: @Sendable () -> (any Dialogue)?

  /// How long until the clock shows another second, and a little more.
  func millisecondsToNextSecond() -> Int32 {
    let fraction = Date().timeIntervalSince1970.truncatingRemainder(dividingBy: 1)
    return Int32((1 - fraction) * 1000) + 5
  }

  /// Writes a line of results, without what would move the cursor: names may come from anybody's file.
  func print(_ line: String) throws { try print(lines: [line]) }

  /// Writes lines at once: a reader who goes after the first of them, such as head(1), has not refused the others.
  func print(lines: [String]) throws {
    try write(lines.flatMap { ($0.withoutControls + "\n").utf8 })
  }

  /// $XDG_DATA_HOME, or what the XDG Base Directory Specification puts in its place; nil without a home.
  var dataFolder: String? { folder("XDG_DATA_HOME", below: "/.local/share") }
  /// $XDG_STATE_HOME, likewise.
  var stateFolder: String? { folder("XDG_STATE_HOME", below: "/.local/state") }

  private func folder(_ name: String, below home: String) -> String? {
    if let folder = variable(name), folder.hasPrefix("/") { return folder }
    guard let own = variable("HOME"), own.hasPrefix("/") else { return nil }
    return own + home
  }

  /// Says something that does not stop the work.
  func note(_ text: String) { say("vmfa: note: \(text.withoutControls)") }
  /// Says something that an operator should see to.
  func warn(_ text: String) { say("vmfa: warning: \(text.withoutControls)") }
}

extension String {
  /// For a place in a line, or a cell of a table: line feeds and tabs are question marks as well.
  var onOneLine: String {
    String(String.UnicodeScalarView(withoutControls.unicodeScalars.map { $0.value < 0x20 ? "?" : $0 }))
  }

  /// With a question mark for each control character but line feed and tab, and for what turns the direction of the text
  /// around it (Unicode Standard Annex 9).
  var withoutControls: String {
    guard unicodeScalars.contains(where: \.isTerminalControl) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.isTerminalControl ? "?" : $0 }))
  }
}

extension Unicode.Scalar {
  fileprivate var isTerminalControl: Bool {
    value < 0x20 && self != "\n" && self != "\t" || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
      || (0x2066...0x2069).contains(value)
  }
}

/// A conversation with the person at the terminal.
protocol Dialogue: Sendable {
  /// The width of the terminal, in columns.
  var columns: Int { get }
  /// Shows text as it is.
  func show(_ text: String)
  /// Shows a prompt and waits for a line.
  func ask(_ prompt: String) -> Reply
  /// As ``ask(_:)``, without showing what is typed.
  func askSecret(_ prompt: String) throws -> SharedSecret
}

extension Dialogue {
  /// Shows prose as a paragraph, its lines broken between words.
  func tell(_ prose: String) {
    var lines: [String] = [""]
    for word in prose.split(separator: " ") {
      let current = lines[lines.count - 1]
      if current.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if current.count + 1 + word.count <= columns {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    show(lines.joined(separator: "\n").withoutControls + "\n")
  }
}

/// What comes back from the terminal.
enum Reply: Sendable, Equatable {
  /// A line, without its end.
  case line(String)
  /// Ctrl-D, or the terminal is gone.
  case endOfInput
  /// A signal asked the program to end.
  case interrupted(signal: Int32)
}
