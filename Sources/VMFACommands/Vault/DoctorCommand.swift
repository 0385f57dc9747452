internal import ArgumentParser
internal import DurableFiles
internal import Foundation
internal import QRCode
internal import Vault
internal import StoreSQLite

/// `vmfa doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the clock, the vault's permissions, the terminal, SQLite, and optional tools.",
    discussion: "Asks for no passphrase. Ends with 1 when something is wrong; what is only missing is no fault.")

  @Option(
    help: ArgumentHelp("The vault. (default: VMFA_VAULT, else $XDG_DATA_HOME/vmfa/vault.json)", valueName: "file"),
    completion: .file(), transform: expandedPath)
  var vault: String?

  @OptionGroup var drawing: DrawingOptions

  @Flag(help: "Print a JSON array.")
  var json = false

  private enum State: String, Encodable { case ok, note, wrong }
  private struct Finding: Encodable {
    var check: String
    var state: State
    var text: String
  }

  func run() async throws {
    let console = Console.current
    var findings = [try await clock(), vaultFile(console), terminal(console), sqlite()]
    for (tool, use) in [
      ("zbarimg", "reads QR codes of images (zbar-tools)"),
      ("rsvg-convert", "draws SVG images for zbarimg (librsvg2-bin)"), ("wl-copy", "copies codes under Wayland"),
      ("xclip", "copies codes under X11"),
    ] {
      findings.append(try await optional(tool, use))
    }
    if json {
      try console.printJSON(findings)
    } else {
      try console.printTable(["CHECK", "STATE", ""], findings.map { [$0.check, $0.state.rawValue, $0.text] })
    }
    if findings.contains(where: { $0.state == .wrong }) { throw Ending(.refused) }
  }

  /// A clock that is half a minute off shows codes that nobody accepts.
  private func clock() async throws -> Finding {
    guard let result = try await ChildProcess.run("timedatectl", ["show", "-p", "NTPSynchronized", "--value"]),
      result.status == 0
    else { return Finding(check: "clock", state: .note, text: "no time service was found to compare it with") }
    let isSynchronised = String(decoding: result.output, as: UTF8.self).hasPrefix("yes")
    return isSynchronised
      ? Finding(check: "clock", state: .ok, text: "synchronised with the system's time service")
      : Finding(check: "clock", state: .wrong, text: "not synchronised: timedatectl set-ntp true")
  }

  private func vaultFile(_ console: Console) -> Finding {
    do {
      let options = VaultOptions.at(vault)
      _ = try options.file().load()
      return Finding(check: "vault", state: .ok, text: try options.file().path)
    } catch VaultError.missing(let path) {
      return Finding(check: "vault", state: .note, text: "none at \(path): vmfa vault init makes one")
    } catch {
      let error = CommandError(error)
      return Finding(
        check: "vault", state: .wrong, text: [error.message, error.hint].compactMap(\.self).joined(separator: ": "))
    }
  }

  private func terminal(_ console: Console) -> Finding {
    guard let columns = console.outputColumns() else {
      return Finding(check: "terminal", state: .note, text: "standard output is none")
    }
    let mode = drawing.drawing(console)?.mode.rawValue ?? "none"
    let isWide = columns >= 53
    return Finding(
      check: "terminal", state: isWide ? .ok : .note,
      text: "QR codes are drawn as \(mode); \(columns) columns" + (isWide ? "" : ", and most QR codes need 53"))
  }

  private func sqlite() -> Finding {
    guard let advice = SQLiteLibrary.advice else {
      return Finding(check: "sqlite", state: .ok, text: "version \(SQLiteLibrary.version)")
    }
    return Finding(check: "sqlite", state: .note, text: advice)
  }

  private func optional(_ tool: String, _ use: String) async throws -> Finding {
    let isThere = try await ChildProcess.run("sh", ["-c", "command -v \(tool)"])?.status == 0
    return Finding(check: tool, state: isThere ? .ok : .note, text: isThere ? use : "missing; it \(use)")
  }
}
