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
  private let warn: @Sendable (Warning) -> Void

  /// - Parameter warn: told after the transaction, on the caller's task.
  public init(store: any DeviceStore, keys: KeyRing, warn: @escaping @Sendable (Warning) -> Void = { _ in }) {
    self.store = store
    self.keys = keys
    self.warn = warn
  }

  /// Checks one code of a user, against all their active devices, and spends it if it is right.
  /// - Throws: ``VerifierError/noSuchUser(_:)``, ``VerifierError/wrongCodeLength(expected:)``, which are not counted
  ///   as failures, and what prevents an answer.
  public func verify(
    _ code: OneTimeCode, of user: UserName, at now: UnixTime
  ) async throws(VerifierError) -> Verdict {
    try await transact(.user(user), at: now) { [keys] state throws(VerifierError) in
      try CodeCheck.decide(&state, code: code, user: user, at: now, keys: keys)
    }
  }

  /// Runs one transaction, and warns when the clock is behind what it saw.
  func transact<R: Sendable>(
    _ unit: TransactionUnit, at now: UnixTime,
    _ body: @escaping @Sendable (inout UnitState) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    let (result, newest) = try await store.transaction(unit) { state throws(VerifierError) in
      let newest = state.newestRecord
      return (try body(&state), newest)
    }
    if let newest, newest.seconds - now.seconds > User.clockTolerance {
      warn(.clockSetBack(seconds: newest.seconds - now.seconds))
    }
    return result
  }
}

extension UnitState {
  /// The newest moment that any record of the unit speaks of.
  fileprivate var newestRecord: UnixTime? {
    (devices.map(\.newestRecord) + [user?.newestRecord].compactMap(\.self)).max()
  }
}
