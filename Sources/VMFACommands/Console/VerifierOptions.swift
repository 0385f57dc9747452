internal import Directory
internal import ArgumentParser
internal import DurableFiles
internal import Foundation
internal import OATH
internal import Verifier
internal import StorePostgreSQL
internal import StoreSQLite

/// Where the verifier's data are; shared by every command that uses them.
struct VerifierOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database, as sqlite:PATH or postgresql://…. (default: VMFA_DATABASE, else sqlite:$XDG_DATA_HOME/vmfa/verifier.db)",
      valueName: "url"))
  var database: String?

  @OptionGroup var key: MasterKeyOptions

  /// The verifier on this database.
  /// - Parameters:
  ///   - creating: whether a missing database is made.
  ///   - isDrill: whether the time is given, so that it says nothing about the clock.
  func verifier(creating: Bool = false, isDrill: Bool = false) async throws -> Verifier {
    try await session(creating: creating, isDrill: isDrill).verifier
  }

  /// The verifier for whom nothing is to be made by looking: where there is no database, one without devices, in memory.
  func verifierToLook() async throws -> Verifier {
    do { return try await verifier() } catch VerifierError.store(.missing) {
      if let file = try key.namedFile(.current) { try MasterKeyOptions.require(file) }
      let store = try InMemoryDeviceStore(), master = SharedMasterKey(try MasterKey.random())
      return Verifier(store: store, keys: try await KeyRing(opening: store, with: master))
    }
  }

  /// The same as ``verifier(creating:isDrill:)``, with the store behind it.
  func session(creating: Bool = false, isDrill: Bool = false, connections: Int = 1) async throws -> Session {
    let console = Console.current, place = try place()
    // Before a database is made that would be of no use.
    if creating, try place.isMissing, let file = try key.namedFile(console) { try MasterKeyOptions.require(file) }
    let store = try await place.open(creating: creating, connections: connections)
    OpenStores.current?.add(store)
    let source = try await key.source(console, beside: place, of: store)
    let keys = try await KeyRing(opening: store, at: console.now(), with: source)
    let context = RequestContext(actor: "local:\(NSUserName())")
    let verifier = Verifier(store: store, keys: keys, context: context) { warning in
      switch warning {
      case .clockSetBack where isDrill: break
      case .clockSetBack(let seconds):
        console.warn("the clock is \(seconds) s behind the newest record: was it set back?")
      }
    }
    return Session(directory: DirectoryService(store: store, verifier: verifier), keys: keys)
  }

  struct Session: Sendable {
    let directory: DirectoryService
    let keys: KeyRing
    var verifier: Verifier { directory.verifier }
    var store: any DirectoryStore { directory.store }
  }

  /// Where the database is.
  func place(_ console: Console = .current) throws -> DatabasePlace {
    if let url = database ?? console.variable("VMFA_DATABASE") { return try DatabasePlace(url) }
    guard let folder = console.dataFolder else {
      throw CommandError(
        .usage, "neither XDG_DATA_HOME nor HOME is set", hint: "--database sqlite:PATH names a database")
    }
    return .sqlite(path: folder + "/vmfa/verifier.db")
  }
}

/// A database by its URL.
enum DatabasePlace: Sendable {
  case sqlite(path: String)
  /// As libpq takes it.
  case postgresql(url: String)

  /// - Throws: ``CommandError``, which repeats none of the URL: whatever is written wrongly may hold a password.
  init(_ url: String) throws {
    if ["sqlite::memory:", "sqlite:file:"].contains(where: url.hasPrefix) {
      // SQLite's own names for other things than files of that name.
      throw CommandError(
        .usage, "the database is a file, and sqlite: is followed by its path",
        hint: "./ before its name makes that a path")
    }
    if url.hasPrefix("sqlite:"), case let path = String(url.dropFirst("sqlite:".count)), !path.isEmpty {
      guard !path.contains("://") else {
        throw CommandError(.usage, "sqlite: is followed by a path, and not by a URL")
      }
      self = .sqlite(path: try expandedPath(path))
    } else if url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") {
      self = .postgresql(url: url)
    } else {
      throw CommandError(
        .usage, "the database is named neither as sqlite:PATH nor as postgresql://…",
        hint: "sqlite: goes before the path of a file; a server is postgresql://USER@HOST/NAME")
    }
  }

  /// Whether it is a file that is not there, or has nothing in it yet.
  var isMissing: Bool {
    get throws {
      guard case .sqlite(let path) = self else { return false }
      guard let kind = try DurableFile.kind(of: path, followingLinks: true) else { return true }
      guard kind == .file else { return false }
      let file = URL(filePath: path).resolvingSymlinksInPath().path
      return try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int == 0
    }
  }

  /// - Parameter creating: whether a missing database, or missing tables, are made.
  func open(creating: Bool, connections: Int = 1) async throws -> any DirectoryStore {
    switch self {
    case .sqlite(let path): try await SQLiteStore.open(path, creating ? .creatingIfMissing : .existing)
    case .postgresql(let url):
      try await PostgreSQLStore.open(url, creating ? .creatingIfMissing : .existing, connections: connections)
    }
  }
}
