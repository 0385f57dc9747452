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
    let lines = contents.entries.map { $0.name.withoutControls.replacing("\n", with: " ") + "\n" }.joined()
    let bytes = Array(lines.utf8)
    try DurableFile.write(bytes.span, to: path, .replacing)
  }

  /// Forgets them, and what is left of a write that was cut off.
  func turnOff() throws {
    guard let path else { return }
    DurableFile.removeStagedFiles(for: path)
    if isOn { try FileManager.default.removeItem(atPath: path) }
  }

  /// After a change of a vault; a failure to follow it stops nothing.
  func follow(_ contents: VaultContents, of file: VaultFile) {
    if isOn, (try? Self.areOf(file)) ?? false { try? turnOn(contents) }
  }

  /// Whether a shell completes the names of this vault: the one that is meant where none is named.
  static func areOf(_ file: VaultFile) throws -> Bool { try file.path == VaultOptions.at(nil).file().path }
}

extension CompletionKind {
  /// The accounts, where their names are kept.
  static var accountNames: CompletionKind { .custom { _, _, _ in CompletionNames(console: .system).names } }
}
