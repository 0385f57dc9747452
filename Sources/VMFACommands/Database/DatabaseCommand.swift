internal import Directory
internal import ArgumentParser
internal import DurableFiles
internal import OATH
internal import Verifier
internal import StoreSQLite

/// `vmfa database`.
struct DatabaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "database", abstract: "The database itself: tables, damage, copies.",
    subcommands: [DatabaseMigrateCommand.self, DatabaseCheckCommand.self, DatabaseBackupCommand.self])
}

/// `vmfa database migrate`.
struct DatabaseMigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Make the tables, or bring them up to date.",
    discussion: "Every command does this where it has to; here it is done ahead, by whoever may.")

  @OptionGroup var options: VerifierOptions

  func run() async throws {
    _ = try await options.session(creating: true)
    try Console.current.print("the tables are up to date")
  }
}

/// `vmfa database check`.
struct DatabaseCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look for damage: pages, references, every row, every seed.",
    discussion: "Ends with 65 where something is wrong, which is then listed.")

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable {
    var users, devices: Int
    var problems: [String]
  }

  func run() async throws {
    let console = Console.current, progress = ProgressLine(console, unit: "devices")
    defer { progress.end() }
    let session = try await options.session()
    var report = try await session.verifier.checkDatabase { progress.show($0) }
    progress.end()
    // Accounts have rows of their own beside what the verifier keeps of a user.
    for found in try await session.directory.unreadable() { report.add("\(found.error)") }
    if json {
      try console.printJSON(Output(users: report.userCount, devices: report.deviceCount, problems: report.problems))
    } else {
      for problem in report.problems { try console.print(problem) }
      let verdict = report.problems.isEmpty ? "sound" : "damaged"
      try console.print("\(verdict): \(report.userCount) users, \(report.deviceCount) devices")
    }
    if session.store is SQLiteStore, let advice = SQLiteLibrary.advice { console.note(advice) }
    if !report.problems.isEmpty { throw Ending(.data) }
  }
}

/// `vmfa database backup`.
struct DatabaseBackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the database while it is in use.",
    discussion: """
      For SQLite. The copy is a database of its own (mode 0600) and opens with the same master key, which is not part of \
      it. Codes that are accepted after the copy was made would be good once more in it.
      """)

  @Argument(
    help: ArgumentHelp("Where the copy goes; there may be no file.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var file: String

  @OptionGroup var options: VerifierOptions

  func run() async throws {
    guard let store = try await options.session().store as? SQLiteStore else {
      throw CommandError(
        .usage, "this is for SQLite", hint: "pg_dump or pg_basebackup copies a PostgreSQL database while it is in use")
    }
    guard try DurableFile.kind(of: file, followingLinks: false) == nil else { throw FileError.exists(path: file) }
    let folder = DurableFile.parent(of: file)
    guard try DurableFile.kind(of: folder, followingLinks: true) == .folder else {
      throw FileError.missing(path: folder)
    }
    try await store.backUp(to: file)
    try Console.current.print("copied to \(file)")
  }
}
