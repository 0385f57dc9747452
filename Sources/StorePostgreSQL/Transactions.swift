internal import Foundation
internal import Verifier
internal import StoreSQL

/// How a transaction ended that takes its connection with it.
enum TransactionEnd: Error {
  /// Nothing was kept of it; on another connection it may be begun anew.
  case beginAnew
  /// The caller is told.
  case failed(any Error)

  var reason: (any Error)? { if case .failed(let reason) = self { reason } else { nil } }
}

/// Runs transactions: their begin and end, and beginning anew where the server says so.
struct Transactions: Sendable {
  enum Kind { case reading, writing }

  let lockTimeout: Duration

  /// - Parameter isRepeated: whether a lost connection has had it begun anew already.
  /// - Throws: ``TransactionEnd`` where the connection is done for; anything else leaves it usable.
  func run<R>(
    _ kind: Kind, on connection: Connection, isRepeated: Bool, _ body: (Connection) throws -> R
  ) throws -> R {
    let deadline = ContinuousClock.now + lockTimeout
    for attempt in 1... {
      do {
        return try runOnce(kind, on: connection, body)
      } catch let error where error.isConflict && ContinuousClock.now < deadline {
        // Spread, so that those that met do not meet again.
        Thread.sleep(forTimeInterval: Double.random(in: 0...0.001 * Double(1 << min(attempt, 7))))
      } catch PostgreSQLError.lost where !isRepeated {
        throw TransactionEnd.beginAnew
      } catch let error as PostgreSQLError where error.endsConnection { throw TransactionEnd.failed(error) }
    }
    throw SQLFailure.conflict
  }

  private func runOnce<R>(_ kind: Kind, on connection: Connection, _ body: (Connection) throws -> R) throws -> R {
    connection.prepend(begin(kind))
    let result: R
    do { result = try body(connection) } catch {
      connection.forgetPrelude()
      if (error as? PostgreSQLError)?.endsConnection != true { try rollBack(connection) }
      throw error
    }
    do { try commit(connection) } catch let error as PostgreSQLError {
      // Refused, and so not kept: but the server waits for the transaction's end.
      try rollBack(connection)
      throw error
    }
    return result
  }

  private func begin(_ kind: Kind) -> [SQLStatement] {
    guard kind == .writing else { return [SQLStatement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")] }
    let wait = lockTimeout.components.seconds * 1000 + lockTimeout.components.attoseconds / 1_000_000_000_000_000
    // For this transaction only: behind a pooler the next one may run on another server.
    return [
      SQLStatement("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"), SQLStatement("SET LOCAL lock_timeout = \(wait)"),
      SQLStatement(Self.durability),
    ]
  }

  /// An answer is given once it is on the disk, whatever the server is set to by now; never weaker than it is set to.
  private static let durability = """
    SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')
    """

  /// When the connection is lost here, the commit may have been kept or not: that is no answer, and is not begun anew.
  private func commit(_ connection: Connection) throws {
    do throws(PostgreSQLError) {
      _ = try connection.pipeline([SQLStatement("COMMIT")])
    } catch {
      guard error.endsConnection else { throw error }
      let reason = StoreFailure(error, place: "")
      let words = if case .unreachable(let text) = reason { text } else { "\(reason)" }
      throw TransactionEnd.failed(StoreFailure.outcomeUnknown(words))
    }
    guard connection.commandTag == "COMMIT" else {
      throw PostgreSQLError.server(state: "40000", message: "the transaction was rolled back")
    }
  }

  private func rollBack(_ connection: Connection) throws {
    do { _ = try connection.pipeline([SQLStatement("ROLLBACK")]) } catch {
      throw TransactionEnd.failed(error)
    }
  }
}

extension Error {
  fileprivate var isConflict: Bool {
    switch self as any Error {
    case SQLFailure.conflict, PostgreSQLError.preparedStatementsUnusable: true
    case let error as PostgreSQLError: error.isConflict
    default: false
    }
  }
}
