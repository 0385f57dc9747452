internal import ArgumentParser
internal import DurableFiles
internal import Foundation
internal import Vault

/// The names that shells complete, in a file of their own: only where the person asked for that, since names tell where
/// somebody has accounts. No secret is in it, and no passphrase is needed to read it.
struct CompletionNames {
  let console: Console

  private var path: String? { console.stateFolder.map { $0 + "/vmfa/names" } }

  /// Whether names are kept.
  var isOn: Bool { path.map { FileManager.default.fileExists(atPath: $0) } ?? false }

  /// The names, for a shell.
  var names: [String] {
    guard let path, let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").map(String.init)
  }

  /// Begins to keep names.
  func turnOn(_ contents: VaultContents) throws {
    guard let path else { throw CommandError(.usage, "neither XDG_STATE_HOME nor HOME is set") }
    try DurableFile.makeFolder(at: DurableFile.parent(of: path))
    let lines = contents.entries.map { $0.name.onOneLine + "\n" }.joined()
    let bytes = Array(lines.utf8)
    try DurableFile.write(bytes.span, to: path, .replacing)
  }

  /// Forgets them, and what is left of a write that was cut off.
  func turnOff() throws {
    guard let path else { return }
    DurableFile.removeStagedFiles(for: path)
    guard isOn else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw CommandError(.inputOutput, "\(path) cannot be removed", hint: "rm \(path.shellWord)")
    }
  }

  /// After a change of a vault; a failure to follow it stops nothing.
  func follow(_ contents: VaultContents, of file: VaultFile) {
    if isOn, (try? Self.areOf(file)) ?? false { try? turnOn(contents) }
  }

  /// Whether a shell completes the names of this vault: the one that is meant where none is named.
  static func areOf(_ file: VaultFile) throws -> Bool { try file.path == VaultOptions.at(nil).file().path }
}

extension CompletionNames {
  /// The names as a shell's script takes them.
  /// - Parameter words: of the command line. A name that looks like an option is offered after `--` only, as it would be read
  ///   as one; bash's script writes that itself.
  func names(for shell: CompletionShell?, after words: [String]) -> [String] {
    // NAME `-` is standard input.
    let names = names.filter { $0 != "-" }
    switch shell {
    case .bash: return names
    // The words before a colon are the completion, and those after it describe it.
    case .zsh: return plain(names, words).map { $0.replacing("\\", with: #"\\"#).replacing(":", with: #"\:"#) }
    default: return plain(names, words)
    }
  }

  private func plain(_ names: [String], _ words: [String]) -> [String] {
    words.contains("--") ? names : names.filter { !$0.hasPrefix("-") }
  }
}

extension CompletionKind {
  /// The accounts, where their names are kept.
  static var accountNames: CompletionKind {
    .custom { words, _, _ in CompletionNames(console: .system).names(for: .requesting, after: words) }
  }
}
