internal import Dispatch
internal import DurableFiles
internal import GRDB
internal import Synchronization

/// Carries the write-ahead log over into the database, most of it while others go on writing.
///
/// SQLite before 3.51.3 loses part of a log that a writer begins anew while a checkpoint reads where the log ends
/// (sqlite.org/wal.html, "The WAL-Reset Bug"). No checkpoint of ours runs while that can happen, on any version:
/// 1. A writer begins the log anew only while it holds the writer's lock and no reader has a mark in the log.
/// 2. Readers have a mark there, unless the database has all of the log already.
/// 3. `marker` starts to read under the writer's lock. Then the log stays as it is, and `LogState` tells that it has frames
///    which the database has not. So the marker has a mark, and it keeps that until the checkpoint is over.
/// 4. The last, small pass runs while the writer's lock is held, which is enough by itself.
/// 5. Programs take turns by a file lock, from their look at the log to the end of the pass: none starts on a log that another
///    has carried over meanwhile.
/// Nothing else checkpoints: `wal_autocheckpoint` is 0 for all connections. SQLite does it when the last connection to the
/// file closes, which holds the file's exclusive lock: nobody writes then.
final class Checkpointer: Sendable {
  /// Frames of a log that is carried over, some 75 MB, which is 10,000 verifications under load: pages that are written
  /// again meanwhile are carried over once.
  static let usualInterval = 18_000

  private static let maximumPasses = 6

  private struct State {
    /// How long the log is when it is to be carried over.
    var due: Int
    /// How long it was after the commit before.
    var length = 0
    var passes = 0
    /// How much the database had of it when the pass before began.
    var carried = 0
    var isUnderWay = false
    var carrier: DatabaseQueue?
    var marker: DatabaseQueue?
  }

  private let path: String
  private let configuration: Configuration
  private let interval: Int
  /// Frames that are carried over in little more time than the disk takes for one.
  private var smallRemainder: Int { min(300, interval / 4) }
  private let queue = DispatchQueue(label: "vmfa checkpoint")
  private let state: Mutex<State>

  /// - Parameter interval: how many frames a log has when it is carried over. A program that has seen no log begin anew waits
  ///   for an eighth more: a command leaves that to the service that has the database open for longer.
  init(path: String, configuration: Configuration, interval: Int) {
    self.path = path
    self.interval = interval
    var configuration = configuration
    // The marker's transaction stays open between two calls.
    configuration.allowsUnsafeTransactions = true
    self.configuration = configuration
    state = Mutex(State(due: interval + interval / 8))
  }

  /// Told by the writer of every commit, between transactions.
  func committed(on writer: Database) {
    guard let log = LogState(writer) else { return }
    let isDue = state.withLock { state in
      if log.frames < state.length { (state.due, state.passes) = (interval, 0) }
      state.length = log.frames
      return !state.isUnderWay && log.frames >= state.due
    }
    guard isDue else { return }
    // A checkpoint that did not come about comes about later; nothing is lost by that.
    do { try carry(with: writer) } catch { postpone(from: log.frames, by: interval / 8) }
  }

  private func carry(with writer: Database) throws {
    guard let turn = try FileLock(ifFreeBeside: path) else {
      return postpone(from: state.withLock { $0.length }, by: interval / 8)
    }
    defer { withExtendedLifetime(turn) {} }
    try writer.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
    defer { try? writer.rollback() }
    guard let log = LogState(writer) else { return }
    guard log.rest > 0 else { return postpone(from: log.frames, by: interval) }
    let (passes, carried) = state.withLock { ($0.passes, $0.carried) }
    // A reader that stays in the log keeps everything after its mark there.
    if passes > 0, log.carried <= carried { return postpone(from: log.frames, by: interval) }
    let (carrier, marker) = try connections()
    if log.rest <= smallRemainder || passes == Self.maximumPasses {
      try Self.carry(on: carrier)
      return postpone(from: log.frames, by: interval)
    }
    do { try marker.inDatabase { try $0.execute(sql: "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1") } } catch {
      Self.end(marker)
      throw error
    }
    // Looked at again, now that the marker reads: another program may have carried it over meanwhile.
    guard LogState(writer)?.rest ?? 0 > 0 else { return Self.end(marker) }
    state.withLock { ($0.passes, $0.carried, $0.isUnderWay) = (passes + 1, log.carried, true) }
    queue.async {
      try? Self.carry(on: carrier)
      Self.end(marker)
      withExtendedLifetime(turn) {}
      self.state.withLock { $0.isUnderWay = false }
    }
  }

  private static func carry(on carrier: DatabaseQueue) throws {
    _ = try carrier.inDatabase { try $0.checkpoint(.passive) }
  }

  private static func end(_ marker: DatabaseQueue) {
    try? marker.inDatabase { if $0.isInsideTransaction { try $0.rollback() } }
  }

  private func postpone(from frames: Int, by count: Int) {
    state.withLock { ($0.due, $0.passes) = (frames + count, 0) }
  }

  /// Those that a checkpoint needs beside the writer's, opened for the first one.
  private func connections() throws -> (carrier: DatabaseQueue, marker: DatabaseQueue) {
    try state.withLock { state in
      let carrier = try state.carrier ?? DatabaseQueue(path: path, configuration: configuration)
      state.carrier = carrier
      let marker = try state.marker ?? DatabaseQueue(path: path, configuration: configuration)
      state.marker = marker
      return (carrier, marker)
    }
  }

  /// Waits for a pass that is under way.
  func finish() { queue.sync {} }

  /// The same, and closes what it was run on.
  func close() {
    finish()
    state.withLock { state in
      try? state.carrier?.close()
      try? state.marker?.close()
      (state.carrier, state.marker) = (nil, nil)
    }
  }
}
