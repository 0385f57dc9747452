internal import CLibPQ
internal import Foundation
internal import Synchronization
internal import Verifier
internal import StoreSQL

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// How connections are made and used; shared by all of a store.
final class ConnectionSettings: Sendable {
  /// As libpq reads it: a URL or keywords and values.
  let url: String
  /// How long a server may be silent that is not waiting for a lock.
  let answerTimeout: Duration
  /// How long a lock is waited for.
  let lockTimeout: Duration
  private let prepares = Atomic(true)

  init(url: String, answerTimeout: Duration, lockTimeout: Duration) {
    self.url = url
    self.answerTimeout = answerTimeout
    self.lockTimeout = lockTimeout
  }

  /// Whether statements are prepared: not any more once a pooler was found in between that mixes them up.
  var preparesStatements: Bool { prepares.load(ordering: .relaxed) }
  func stopPreparing() { prepares.store(false, ordering: .relaxed) }
}

/// One connection of libpq in pipeline mode: what is run together is one round trip. Used by one thread at a time.
@safe
final class Connection {
  private let handle: OpaquePointer
  private let settings: ConnectionSettings
  private var prepared: Set<String> = []
  /// Runs ahead of the next statements, in the same round trip.
  private var prelude: [SQLStatement] = []
  /// When the server's silence ends what is run.
  var deadline: ContinuousClock.Instant
  /// When the statements that run now were sent.
  private var begun = ContinuousClock.now
  /// Whether the server may still be asked what keeps the answer.
  private var mayAsk = true
  /// Whether an answer did not come in time; then the connection is of no use.
  private(set) var isSilent = false

  /// Connects; blocks for at most five seconds for each address, unless the URL says otherwise.
  /// - Parameter deadline: when no more addresses are to be tried, to within two seconds, which is libpq's least.
  init(_ settings: ConnectionSettings, until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
    self.settings = settings
    self.deadline = deadline
    let patience = min(max((deadline - .now).components.seconds, 2), 5)
    // What stands before dbname gives way to the URL's own words, and what comes after it does not.
    let made = unsafe Self.withCStrings(["connect_timeout", "fallback_application_name", "dbname", "client_encoding"]) {
      names in
      unsafe Self.withCStrings(["\(patience)", "vmfa", settings.url, "UTF8"]) { values in
        unsafe PQconnectdbParams(names, values, 1)
      }
    }
    guard let made = unsafe made else { throw .notConnected("out of memory") }
    unsafe handle = made
    guard unsafe PQstatus(handle) == CONNECTION_OK else { throw .notConnected(ConnectionProblem.words(for: message)) }
    unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
    guard unsafe PQsetnonblocking(handle, 1) == 0, unsafe PQenterPipelineMode(handle) == 1 else {
      throw .notConnected(message)
    }
  }

  deinit { unsafe PQfinish(handle) }

  /// Loads libpq, which has to happen once before anything else here, and has it read a URL. The URL is not repeated in
  /// what goes wrong, since it may hold a password.
  static func prepare(for url: String) throws(StoreFailure) {
    if let reason = unsafe libpq_load() {
      throw .unreachable(unsafe String(cString: reason))
    }
    var reason: UnsafeMutablePointer<CChar>?
    guard let options = unsafe PQconninfoParse(url, &reason) else {
      let message = unsafe reason.map { unsafe String(cString: $0) } ?? ""
      unsafe PQfreemem(reason)
      throw .unreachable(ConnectionProblem.words(forURL: message))
    }
    unsafe PQconninfoFree(options)
  }

  /// The database and where it is, without a password.
  var place: String {
    let name = unsafe PQdb(handle).map { unsafe String(cString: $0) } ?? ""
    let host = unsafe PQhost(handle).map { unsafe String(cString: $0) } ?? ""
    return host.isEmpty ? name : "\(name) on \(host)"
  }

  /// What goes ahead of the next statements.
  func prepend(_ statements: [SQLStatement]) { prelude = statements }
  func forgetPrelude() { prelude = [] }

  /// The last statement's tag, such as `COMMIT`: a transaction that had failed is rolled back by its commit.
  private(set) var commandTag = ""

  /// Runs statements one after the other in one round trip, until ``deadline``; what follows one that failed is not run.
  func pipeline(_ given: [SQLStatement]) throws(PostgreSQLError) -> [SQLResult] {
    let statements = prelude + given
    let skipped = prelude.count
    prelude = []
    var steps: [Step] = []
    (begun, mayAsk) = (.now, true)
    for statement in statements { steps += try send(statement) }
    return Array(try finish(steps).dropFirst(skipped))
  }

  /// Runs one statement for which the server is not asked what keeps the answer.
  private func answer(to statement: SQLStatement) throws(PostgreSQLError) -> SQLResult? {
    mayAsk = false
    return try finish(send(statement)).first
  }

  private func finish(_ steps: [Step]) throws(PostgreSQLError) -> [SQLResult] {
    guard unsafe PQpipelineSync(handle) == 1 else { throw .lost(message) }
    try flush()
    return try receive(steps)
  }

  private enum Step {
    case prepare(name: String)
    case execute
  }

  private func send(_ statement: SQLStatement) throws(PostgreSQLError) -> [Step] {
    // To libpq such a text would end there.
    guard !statement.arguments.hasNullInText else { throw .server(state: "22021", message: "a text holds a null") }
    guard settings.preparesStatements, Self.isWorthPreparing(statement) else {
      try require(
        unsafe withArguments(statement.arguments) { count, values, lengths, formats in
          unsafe PQsendQueryParams(handle, statement.text, count, nil, values, lengths, formats, 0)
        })
      return [.execute]
    }
    let name = Self.name(of: statement.text)
    var steps: [Step] = []
    if !prepared.contains(name) {
      try require(unsafe PQsendPrepare(handle, name, statement.text, 0, nil))
      prepared.insert(name)
      steps.append(.prepare(name: name))
    }
    try require(
      unsafe withArguments(statement.arguments) { count, values, lengths, formats in
        unsafe PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0)
      })
    return steps + [.execute]
  }

  private func require(_ sent: Int32) throws(PostgreSQLError) {
    guard sent == 1 else { throw .lost(message) }
  }

  /// Not what only begins and ends transactions.
  private static func isWorthPreparing(_ statement: SQLStatement) -> Bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE"].contains { statement.text.hasPrefix($0) }
  }

  /// Of the text alone, so that the same name means the same statement to every program that shares a pooler.
  private static func name(of text: String) -> String {
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    return "vmfa_" + String(hash, radix: 16)
  }

  private func receive(_ steps: [Step]) throws(PostgreSQLError) -> [SQLResult] {
    var results: [SQLResult] = [], failure: PostgreSQLError?
    for step in steps {
      guard let result = try next() else { throw .lost(message) }
      let outcome = result.outcome
      switch (step, outcome) {
      case (.execute, .success(let read)):
        results.append(read)
        commandTag = result.commandTag
      case (.prepare, .success): break
      case (_, .failure(let error)):
        if case .prepare(let name) = step { prepared.remove(name) }
        failure = failure ?? error
      }
      // Each statement's results end with a null.
      guard try next() == nil else { throw .lost("an answer too many came") }
    }
    guard let sync = try next(), sync.isSync else { throw .lost(message) }
    if let failure { throw failure.seenFromPooler(settings) }
    return results
  }

  private func next() throws(PostgreSQLError) -> QueryResult? {
    while unsafe PQisBusy(handle) == 1 {
      try wait(for: Int16(POLLIN))
      guard unsafe PQconsumeInput(handle) == 1 else { throw .lost(message) }
    }
    return unsafe PQgetResult(handle).map { unsafe QueryResult($0) }
  }

  private func flush() throws(PostgreSQLError) {
    while true {
      switch unsafe PQflush(handle) {
      case 0: return
      case 1:
        // The server may want to be read before it reads on.
        try wait(for: Int16(POLLIN) | Int16(POLLOUT))
        guard unsafe PQconsumeInput(handle) == 1 else { throw .lost(message) }
      default: throw .lost(message)
      }
    }
  }

  private func wait(for events: Int16) throws(PostgreSQLError) {
    // A server that hangs and a lock that somebody else holds look the same from here.
    let question = deadline - settings.answerTimeout * 0.3
    if mayAsk, .now >= question { askWhetherItIsALock() }
    guard .now < deadline else {
      isSilent = true
      throw .silent
    }
    let left = (mayAsk ? max(question, .now) : deadline) - .now
    let milliseconds = Int32(
      clamping: left.components.seconds * 1000 + 1 + left.components.attoseconds / 1_000_000_000_000_000)
    var descriptor = pollfd(fd: unsafe PQsocket(handle), events: events, revents: 0)
    let ready = unsafe poll(&descriptor, 1, milliseconds)
    guard ready >= 0 || errno == EINTR else { throw .lost("the connection cannot be waited for") }
  }

  /// Asks on a second connection whether the server waits for a lock here; then it is given more time, up to a little after
  /// it gives the lock up by itself.
  private func askWhetherItIsALock() {
    let end = begun + settings.lockTimeout + settings.answerTimeout * 0.3, backend = unsafe PQbackendPID(handle)
    let isLock = try? Connection(settings, until: deadline).waitsForLock(backend, until: deadline)
    mayAsk = isLock == true && deadline < end
    if isLock == true { deadline = min(.now + settings.answerTimeout, end) }
  }

  private func waitsForLock(_ backend: Int32, until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> Bool {
    self.deadline = deadline
    let asked = SQLStatement("SELECT wait_event_type FROM pg_stat_activity WHERE pid = \(backend)")
    return try answer(to: asked)?.rows.text == "Lock"
  }

  /// libpq's own words on one line.
  private var message: String {
    let text = unsafe PQerrorMessage(handle).map { unsafe String(cString: $0) } ?? ""
    let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ")
    return line.isEmpty ? "the connection to the database was lost" : line
  }
}

extension Connection: SQLSession {
  var locksRows: Bool { true }
  var auditLayout: AuditLayout { .column }

  func run(_ statements: [SQLStatement]) throws -> [SQLResult] {
    do throws(PostgreSQLError) {
      return try pipeline(statements)
    } catch .server("23503", _) { throw SQLFailure.foreignKey }
  }
}

extension PostgreSQLError {
  /// invalid_sql_statement_name and duplicate_prepared_statement come about where a pooler hands out another server.
  fileprivate func seenFromPooler(_ settings: ConnectionSettings) -> PostgreSQLError {
    guard case .server(let state, _) = self, state == "26000" || state == "42P05" else { return self }
    settings.stopPreparing()
    return .preparedStatementsUnusable
  }
}
