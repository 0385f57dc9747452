public import OATH

/// Verifies codes: the one object that a login service holds.
///
///     let store = try await SQLiteStore.open("/var/lib/login/verifier.db", .creatingIfMissing)
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
  package private(set) var context: RequestContext
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
  /// - Parameters:
  ///   - code: as it was typed.
  ///   - user: whose it is.
  ///   - device: only this device is tried; nil for all of the user's. The throttle is the user's all the same.
  ///   - requestID: of up to 200 characters. The same one within five minutes, with the same code, gets the same answer, and
  ///     nothing is compared or counted: a reply that was lost can be asked for again.
  ///   - now: the verifier's clock.
  /// - Throws: ``VerifierError/noSuchUser(_:)``, ``VerifierError/wrongCodeLength(expected:)``, which are not counted
  ///   as failures; ``VerifierError/requestIDTaken`` for one that came with another code; and what prevents an answer.
  public func verify(
    _ code: OneTimeCode, of user: UserName, on device: Serial? = nil, requestID: String? = nil, at now: UnixTime
  ) async throws(VerifierError) -> Verdict {
    try await attempt(by: user, requestID, with: { code.digits }, at: now) { state, keys throws(VerifierError) in
      try CodeCheck.decide(&state, code: code, user: user, on: device, at: now, keys: keys)
    }.verdict
  }

  /// Runs one transaction with its audit rows, and warns when the clock is behind what it saw.
  func transact<R: Sendable>(
    _ unit: TransactionUnit, at now: UnixTime,
    _ body: @escaping @Sendable (inout UnitState, KeySet) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    // Not by the transaction with a result, which is compiled once for all stores and results, and takes longer for it.
    let last = LastResult<(result: R, newest: UnixTime?)>()
    try await withCurrentKeys { [context] keys throws(VerifierError) in
      try await store.transaction(unit) { state throws(VerifierError) -> Void in
        let newest = state.newestRecord
        let result = try body(&state, keys)
        try state.writeRecords(on: context, keys: keys)
        last.keep((result, newest))
      }
    }
    let (result, newest) = last.value
    if let newest, newest.seconds - now.seconds > User.clockTolerance {
      warn(.clockSetBack(seconds: newest.seconds - now.seconds))
    }
    return result
  }

  /// Another replica may have rotated the keys: then they are looked at again, once, and the work begins anew.
  package func withCurrentKeys<R: Sendable>(
    _ body: (KeySet) async throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    do throws(VerifierError) { return try await body(keys.current) } catch .unknownKey {
      try await keys.reload(from: store)
      return try await body(keys.current)
    }
  }

  /// Whether an integrity key of this id was there when the keys were last looked at.
  package func knowsKey(_ id: String) -> Bool { keys.current.integrityKey(id) != nil }

  /// An audit row of what is no change of a user.
  func record(_ event: AuditEvent, keys: KeySet) throws(VerifierError) -> AuditRecord {
    try AuditRecord(event, on: context, under: keys.integrityKey)
  }
}

extension UnitState {
  /// Makes audit rows of what happened.
  package mutating func writeRecords(on context: RequestContext, keys: KeySet) throws(VerifierError) {
    for event in events { records.append(try AuditRecord(event, on: context, under: keys.integrityKey)) }
    events = []
  }

  /// The newest moment that any record of the unit speaks of.
  fileprivate var newestRecord: UnixTime? {
    devices.reduce(user?.newestRecord) { newest, device in max(newest ?? .epoch, device.newestRecord) }
  }
}
