internal import Verifier
internal import StoreSQL

/// What went wrong with a statement or a connection.
enum PostgreSQLError: Error {
  /// The server refused, with an SQLSTATE. Its primary message only: details and hints may hold values of rows.
  case server(state: String, message: String)
  /// The connection is gone, or was given up.
  case lost(String)
  /// No answer came within the time for it; the connection is given up.
  case timedOut(String)
  /// A connection cannot be made.
  case notConnected(String)
  /// The names of prepared statements mean something else on the next server: there is a pooler between.
  case preparedStatementsUnusable

  /// The server said nothing for as long as it is waited for.
  static var silent: PostgreSQLError { .timedOut("the database gave no answer in time") }

  /// Whether the transaction may be begun anew on the same connection.
  var isConflict: Bool {
    // serialization_failure, deadlock_detected
    if case .server(let state, _) = self { state == "40001" || state == "40P01" } else { false }
  }

  /// Whether the connection can be used no more.
  var endsConnection: Bool {
    switch self {
    case .lost, .timedOut, .notConnected: true
    case .preparedStatementsUnusable: false
    // admin_shutdown, crash_shutdown, cannot_connect_now, idle sessions that were ended, and class 08.
    case .server(let state, _): state.hasPrefix("57P") || state.hasPrefix("08") || state == "25P03"
    }
  }

  /// Whether the tables are not there.
  var isUndefinedTable: Bool { if case .server("42P01", _) = self { true } else { false } }
}

extension StoreFailure {
  /// In the verifier's words, for the database called `place`.
  init(_ error: PostgreSQLError, place: String) {
    switch error {
    case .notConnected(let reason), .lost(let reason), .timedOut(let reason): self = .unreachable(reason)
    case .preparedStatementsUnusable: self = .unreachable("a pooler mixed up prepared statements")
    case .server(let state, let message):
      switch state {
      case "42P01": self = .missing(place: place)
      // statement_completion_unknown, of engines that keep a commit on several nodes.
      case "40003": self = .outcomeUnknown(message)
      case "25006": self = .readOnly(place: place)
      // feature_not_supported: what a standby server says to a transaction that is to write.
      case "0A000" where message.contains("during recovery"): self = .readOnly(place: place)
      case "55P03": self = .unreachable("another program keeps rows locked: \(message)")
      case _ where error.isConflict: self = .unreachable("it is too busy: \(message)")
      case _ where Self.unreachableClasses.contains(String(state.prefix(2))): self = .unreachable(message)
      default: self = .inputOutput(message)
      }
    }
  }

  /// Connection, authorisation, resources (a full disk among them: then nothing was changed), intervention, access.
  private static let unreachableClasses = ["08", "28", "53", "57", "3D"]
}

extension VerifierError {
  /// In the verifier's words, for the database called `place`.
  init(_ error: any Error, place: String) {
    self =
      switch error {
      case let error as VerifierError: error
      case let error as PostgreSQLError: .store(.init(error, place: place))
      case let error as StoreFailure: .store(error)
      // One that began anew as often as it may.
      case SQLFailure.conflict: .store(.unreachable("it is too busy"))
      case SQLFailure.foreignKey: .corruptRecord("a row that refers to another")
      default: .store(.inputOutput("\(error)"))
      }
  }
}
