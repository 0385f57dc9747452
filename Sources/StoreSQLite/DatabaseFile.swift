internal import CSQLite
internal import DurableFiles
internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Verifier

/// Opening the file, and making it: a database is seen by others only once it is whole.
enum DatabaseFile {
  static func open(
    _ path: String, _ opening: SQLiteStore.Opening, lockTimeout: Double
  ) throws(VerifierError) -> (pool: DatabasePool, file: FileIdentity?, log: FileSync) {
    _ = isPrepared
    do {
      switch try DurableFile.kind(of: path, followingLinks: true) {
      case .file: break
      case .folder, .other: throw StoreFailure.unreachable("\(path) is no regular file")
      case nil:
        guard opening == .creatingIfMissing else { throw StoreFailure.missing(place: path) }
        try create(path)
      }
      // Whatever is opened from here on is this file, or is found not to be when it is first used.
      let file = try FileIdentity(of: path)
      try check(path, opening, lockTimeout: lockTimeout)
      let pool = try DatabasePool(path: path, configuration: configuration(lockTimeout: lockTimeout))
      let real = try pool.writeWithoutTransaction { database in
        // What was answered has to outlive a power cut; GroupCommit sees to that, and then answers.
        let isGathered = unsafe sqlite_gather_log(database.sqliteConnection) != 0
        try database.execute(
          sql: isGathered
            ? "PRAGMA cache_spill = OFF; PRAGMA checkpoint_fullfsync = ON; PRAGMA synchronous = FULL"
            : "PRAGMA synchronous = NORMAL")
        // Attempts touch rows all over the file: the writer keeps more of it than SQLite's 2 MB.
        try database.execute(sql: "PRAGMA cache_size = \(-cacheKibibytes)")
        return try String.fetchOne(database, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'")
      }
      // Beside the file itself, whatever links lead there; and the same one for as long as anybody has the database open.
      return (pool, file, try FileSync((real ?? path) + "-wal"))
    } catch { throw VerifierError(error, place: path) }
  }

  /// Makes the database under another name and links it into place; of several that do this at once, one wins and
  /// all use its database.
  private static func create(_ path: String) throws {
    let beside = DurableFile.temporaryPath(for: path)
    do {
      try DurableFile.makeFolder(at: DurableFile.parent(of: path))
      // An empty file is a database to SQLite; making it first gives it its mode from the start.
      try DurableFile.write([UInt8]().span, to: beside, .keeping)
      let connection = try DatabaseQueue(path: beside, configuration: configuration(lockTimeout: 0))
      try connection.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
      try Schema.migrator.migrate(connection)
      try connection.close()
      try StagedFile(adopting: beside, for: path, .keeping).place()
    } catch FileError.exists {
      // Somebody else made it in the meantime; or there is a link to nothing, and then opening it fails next.
      guard try DurableFile.kind(of: path, followingLinks: true) == .file else {
        throw StoreFailure.unreachable("\(path) is a link to nothing")
      }
    } catch {
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: beside + suffix) }
      throw error
    }
  }

  /// Before the first connection of the process.
  private static let isPrepared: Void = {
    sqlite_without_memory_statistics()
    sqlite_remember_highest_page()
    sqlite_register_logs()
  }()

  private static let cacheKibibytes = 64 << 10

  /// Milliseconds.
  private static let longestNap = 8

  static func configuration(lockTimeout: Double) -> Configuration {
    var configuration = Configuration()
    // Shorter naps than SQLite's own, which grow to a tenth of a second: a commit takes a few milliseconds.
    configuration.busyMode = .callback { tries in
      let nap = min(tries + 1, longestNap), napped = tries < longestNap ? tries * (tries + 1) / 2 : tries * longestNap
      guard Double(napped) < lockTimeout * 1000 else { return false }
      usleep(UInt32(nap) * 1000)
      return true
    }
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      // The log is carried over by the checkpointer alone, which says why.
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      // Statements of others' making (views, triggers) get no say in a database of ours.
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    return configuration
  }

  /// Copies an open database to a file that is made beside and linked into its place.
  static func copy(_ pool: DatabasePool, to path: String) throws {
    let beside = DurableFile.temporaryPath(for: path)
    defer {
      for suffix in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: beside + suffix) }
    }
    guard try DurableFile.kind(of: path, followingLinks: false) == nil else { throw FileError.exists(path: path) }
    try DurableFile.write([UInt8]().span, to: beside, .keeping)
    do {
      let copy = try DatabaseQueue(path: beside, configuration: configuration(lockTimeout: 0))
      try pool.backup(to: copy)
      try copy.close()
    } catch let error as DatabaseError
      where [.SQLITE_IOERR, .SQLITE_FULL].contains(error.resultCode)
      && ![.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ].contains(error.extendedResultCode)
    {
      // Its message is of the database that is copied, which was read well.
      let reason = unsafe String(cString: sqlite3_errstr(error.extendedResultCode.rawValue))
      throw StoreFailure.inputOutput("the copy \(path): \(reason)")
    }
    try StagedFile(adopting: beside, for: path, .keeping).place()
  }

  /// Refuses files that are not ours, damaged or newer, brings older ones up to date, and makes the tables in an empty one
  /// where that is asked for. A queue, and not the pool, since a pool changes what it opens.
  private static func check(
    _ path: String, _ opening: SQLiteStore.Opening, lockTimeout: Double
  ) throws {
    let connection = try DatabaseQueue(path: path, configuration: configuration(lockTimeout: lockTimeout))
    let migrator = Schema.migrator, end = ContinuousClock.now + .seconds(lockTimeout)
    try connection.inDatabase { database in
      if try isEmpty(database, at: path) {
        guard opening == .creatingIfMissing else { throw StoreFailure.missing(place: path) }
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA application_id = \(Schema.applicationID)")
      }
      guard try applicationID(database) == Schema.applicationID else {
        throw StoreFailure.corrupt(place: path, reason: "it was not made by vmfa")
      }
    }
    if try atOneMoment(of: connection, migrator.hasBeenSuperseded) { throw StoreFailure.newerSchema(place: path) }
    while try !atOneMoment(of: connection, migrator.hasCompletedMigrations) {
      let before = try atOneMoment(of: connection, countMigrations)
      do { try migrator.migrate(connection) } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && .now < end
      {
        // SQLite does not wait for another process where waiting might last for ever.
        usleep(10_000)
      } catch {
        // Another process may have been faster: each step is one transaction, and fails where it was done already.
        guard try atOneMoment(of: connection, countMigrations) > before else { throw error }
      }
    }
    try connection.close()
  }

  /// Reads in one snapshot. The migrator looks for its table twice, and another process may make it in between.
  private static func atOneMoment<R>(of connection: DatabaseQueue, _ body: (Database) throws -> R) throws -> R {
    try connection.read { database in
      // The first row that is read fixes the snapshot.
      _ = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema")
      return try body(database)
    }
  }

  /// How many migrations were applied.
  private static func countMigrations(_ database: Database) throws -> Int {
    try database.tableExists("grdb_migrations") ? Schema.migrator.appliedIdentifiers(database).count : 0
  }

  /// Whether nothing was ever put into the file: it has no bytes, or one page that is the header of a database. A file that
  /// ends within a page was cut off.
  private static func isEmpty(_ database: Database, at path: String) throws -> Bool {
    let file = URL(filePath: path).resolvingSymlinksInPath().path
    let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    return try size % 512 == 0 && applicationID(database) == 0
      && Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0 <= 1
      && Int.fetchOne(database, sql: "PRAGMA user_version") == 0
      && Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") == 0
  }

  private static func applicationID(_ database: Database) throws -> Int32? {
    try Int32.fetchOne(database, sql: "PRAGMA application_id")
  }
}

extension VerifierError {
  /// What went wrong with the database at `place`, in the verifier's words.
  init(_ error: any Error, place: String) {
    self =
      switch error {
      case let error as VerifierError: error
      case let failure as StoreFailure: .store(failure)
      case let error as FileError: .store(.init(error))
      case let error as UncertainCommit: .store(.outcomeUnknown(VerifierError(error.reason, place: place).description))
      case let error as DatabaseError: .store(.init(error, place: place))
      default: .store(.inputOutput("\(error)"))
      }
  }
}

extension StoreFailure {
  fileprivate init(_ error: FileError) {
    self =
      switch error {
      case .missing(let path): .missing(place: path)
      case .exists, .unusable, .unsafe, .failed: .unreachable("\(error)")
      }
  }

  fileprivate init(_ error: DatabaseError, place: String) {
    // SQLite's own message only: GRDB's description would add the statement and its values.
    let message = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    self =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .unreachable("another program keeps \(place) locked")
      // Without its log the file cannot even be read by those who may not make one beside it.
      case .SQLITE_CANTOPEN where Self.mayOnlyBeRead(place): .readOnly(place: place)
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .unreachable("\(place): \(message)")
      case .SQLITE_READONLY: .readOnly(place: place)
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: .corrupt(place: place, reason: message)
      default: .inputOutput("\(place): \(message)")
      }
  }

  private static func mayOnlyBeRead(_ path: String) -> Bool {
    FileManager.default.isReadableFile(atPath: path) && !FileManager.default.isWritableFile(atPath: path)
  }
}
