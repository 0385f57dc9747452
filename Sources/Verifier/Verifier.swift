public import OATH

/// Verifies codes: the one object that a login service holds.
///
///     let store = try await SQLiteDeviceStore.open("/var/lib/login/verifier.db", .creatingIfMissing)
///     let keys = try await KeyRing(opening: store, keyFile: "/var/lib/login/master.key", makingKey: true)
///     let verifier = Verifier(store: store, keys: keys)
///     switch try await verifier.verify(code, of: user, at: now) {
///     case .accepted: signIn()
///     case .rejected: refuse()
///     }
///
/// Every attempt is one transaction of the store, and every answer is durable before it is given. What throws is no
/// answer, and then the door stays shut.
public struct Verifier: Sendable {
  /// Something that an operator should see; it changes no answer.
  public enum Warning: Sendable, Equatable {
    /// The clock is behind the newest record of the user by so many seconds.
    case clockSetBack(seconds: Int64)
  }

  let store: any DeviceStore
  let keys: KeyRing
  private(set) var context: RequestContext
  private let warn: @Sendable (Warning) -> Void

  /// - Parameters:
  ///   - store: where devices are kept.
  ///   - keys: the keys of the store.
  ///   - context: on whose behalf this verifier works, for the audit rows.
  ///   - warn: told after the transaction, on the caller's task.
  public init(
    store: any DeviceStore, keys: KeyRing, context: RequestContext = RequestContext(),
    warn: @escaping @Sendable (Warning) -> Void = { _ in }
  ) {
    self.store = store
    self.keys = keys
    self.context = context
    self.warn = warn
  }

  /// The same verifier on behalf of somebody: `verifier.on(behalfOf: context).verify(…)`.
  public func on(behalfOf context: RequestContext) -> Verifier {
    var verifier = self
    verifier.context = context
    return verifier
  }

  /// Checks one code of a user, against all their active devices, and spends it if it is right.
  /// - Throws: ``VerifierError/noSuchUser(_:)``, ``VerifierError/wrongCodeLength(expected:)``, which are not counted
  ///   as failures, and what prevents an answer.
  public func verify(
    _ code: OneTimeCode, of user: UserName, at now: UnixTime
  ) async throws(VerifierError) -> Verdict {
    try await transact(.user(user), at: now) { state, keys throws(VerifierError) in
      try CodeCheck.decide(&state, code: code, user: user, at: now, keys: keys)
    }
  }

  /// Runs one transaction with its audit rows, and warns when the clock is behind what it saw.
  func transact<R: Sendable>(
    _ unit: TransactionUnit, at now: UnixTime,
    _ body: @escaping @Sendable (inout UnitState, KeySet) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    let (result, newest) = try await withCurrentKeys { [context] keys throws(VerifierError) in
      try await store.transaction(unit) { state throws(VerifierError) in
        let newest = state.newestRecord
        let result = try body(&state, keys)
        for event in state.events {
          state.records.append(try AuditRecord(event, on: context, under: keys.integrityKey))
        }
        return (result, newest)
      }
    }
    if let newest, newest.seconds - now.seconds > User.clockTolerance {
      warn(.clockSetBack(seconds: newest.seconds - now.seconds))
    }
    return result
  }

  /// Another replica may have rotated the keys: then they are looked at again, once, and the work begins anew.
  func withCurrentKeys<R: Sendable>(
    _ body: (KeySet) async throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    do throws(VerifierError) { return try await body(keys.current) } catch .unknownKey {
      try await keys.reload(from: store)
      return try await body(keys.current)
    }
  }

  /// An audit row of what is no change of a user.
  func record(_ event: AuditEvent, keys: KeySet) throws(VerifierError) -> AuditRecord {
    try AuditRecord(event, on: context, under: keys.integrityKey)
  }
}

extension UnitState {
  /// The newest moment that any record of the unit speaks of.
  fileprivate var newestRecord: UnixTime? {
    (devices.map(\.newestRecord) + [user?.newestRecord].compactMap(\.self)).max()
  }
}
