internal import Dispatch
internal import GRDB
internal import Synchronization

/// Carries the write-ahead log over into the database while others go on writing: by a connection of its own, since the
/// writer would have all who wait for it wait for that as well. The little that was added meanwhile the writer then carries
/// over itself, and begins the log anew.
final class Checkpointer: Sendable {
  /// Attempts after which there is enough in the log, some 50 MB: pages that are written again meanwhile are carried over
  /// once.
  private static let interval = 10_000

  private static let maximumPasses = 6
  /// Pages that are carried over in little more time than the disk takes for one.
  private static let smallRemainder = 300

  private enum Stage { case counting(Int), underWay, remainder }

  private let path: String
  private let configuration: Configuration
  private let queue = DispatchQueue(label: "vmfa checkpoint")
  private let stage = Mutex(Stage.counting(0))
  private let connection = Mutex<DatabaseQueue?>(nil)

  init(path: String, configuration: Configuration) {
    self.path = path
    self.configuration = configuration
  }

  /// Told by the writer of every commit, between transactions.
  func committed(_ count: Int, on writer: Database) {
    let due: Bool? = stage.withLock { stage in
      switch stage {
      case .counting(let before):
        let isDue = before + count >= Self.interval
        stage = isDue ? .underWay : .counting(before + count)
        return isDue ? true : nil
      case .underWay: return nil
      case .remainder:
        stage = .counting(0)
        return false
      }
    }
    switch due {
    case true?: queue.async { self.run() }
    // A checkpoint that did not come about comes about later; nothing is lost by that.
    case false?: _ = try? writer.checkpoint(.passive)
    case nil: break
    }
  }

  private func run() {
    connection.withLock { connection in
      if connection == nil { connection = try? DatabaseQueue(path: path, configuration: configuration) }
      _ = try? connection?.inDatabase { database in
        // What was added while most of it was carried over is less, and what was added meanwhile less again.
        var carried = 0
        for _ in 0..<Self.maximumPasses {
          let before = carried
          carried = try database.checkpoint(.passive).checkpointedFrameCount
          if carried - before < Self.smallRemainder { break }
        }
      }
    }
    stage.withLock { $0 = .remainder }
  }

  func close() {
    connection.withLock { connection in
      try? connection?.close()
      connection = nil
    }
  }
}
