internal import ArgumentParser
internal import DurableFiles
internal import OATH
internal import Verifier
internal import VerifierSQLite

/// Where the verifier's data are; shared by every command that uses them.
struct VerifierOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database, as sqlite:PATH. (default: VMFA_DATABASE, else sqlite:$XDG_DATA_HOME/vmfa/verifier.db)",
      valueName: "url"))
  var database: String?

  @Option(
    help: ArgumentHelp(
      "The master key that seeds are sealed under. (default: VMFA_KEY_FILE, else master.key beside the database)",
      valueName: "file"))
  var keyFile: String?

  /// The verifier on this database.
  /// - Parameters:
  ///   - creating: whether a missing database is made.
  ///   - isDrill: whether the time is given, so that it says nothing about the clock.
  func verifier(creating: Bool = false, isDrill: Bool = false) async throws -> Verifier {
    try await session(creating: creating, isDrill: isDrill).verifier
  }

  /// The same, with the store behind it.
  func session(creating: Bool = false, isDrill: Bool = false) async throws -> Session {
    let console = Console.current
    let path = try databasePath(console)
    let store = try await SQLiteDeviceStore.open(path, creating ? .creatingIfMissing : .existing)
    let named = keyFile ?? console.variable("VMFA_KEY_FILE")
    // A key that is named must be there; the one beside the database is made while nothing is sealed under it.
    let keys = try await KeyRing(
      opening: store, keyFile: named ?? DurableFile.parent(of: path) + "/master.key", makingKey: named == nil)
    let verifier = Verifier(store: store, keys: keys) { warning in
      switch warning {
      case .clockSetBack where isDrill: break
      case .clockSetBack(let seconds):
        console.warn("the clock is \(seconds) s behind the newest record: was it set back?")
      }
    }
    return Session(verifier: verifier, store: store)
  }

  struct Session: Sendable {
    let verifier: Verifier
    let store: any DeviceStore
  }

  private func databasePath(_ console: Console) throws -> String {
    guard let url = database ?? console.variable("VMFA_DATABASE") else {
      guard let folder = console.dataFolder else {
        throw CommandError(
          .usage, "neither XDG_DATA_HOME nor HOME is set", hint: "--database sqlite:PATH names a database")
      }
      return folder + "/vmfa/verifier.db"
    }
    if url.hasPrefix("sqlite:"), case let path = String(url.dropFirst("sqlite:".count)), !path.isEmpty { return path }
    if url.hasPrefix("postgresql:") || url.hasPrefix("postgres:") {
      throw CommandError(.usage, "this vmfa has no PostgreSQL store", hint: "sqlite:PATH names a database")
    }
    throw CommandError(
      .usage, "the database is not named as sqlite:PATH",
      hint: url.isEmpty || url.contains("://") ? nil : "sqlite:\(url)")
  }
}
