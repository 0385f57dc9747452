public import OATH
public import Verifier

/// Users, passwords, access keys, tokens and sessions of an account: what is asked of them, whoever asks. Who may ask is
/// decided at the door.
public struct DirectoryService: Sendable {
  /// Where it is all kept.
  public let store: any DirectoryStore
  /// Devices and codes of the same users.
  public private(set) var verifier: Verifier
  let hasher: PasswordHasher

  /// - Parameters:
  ///   - store: the one that `verifier` works on.
  ///   - verifier: whose keys seal secrets.
  public init(store: any DirectoryStore, verifier: Verifier) {
    self.init(store: store, verifier: verifier, hasher: .shared)
  }

  package init(store: any DirectoryStore, verifier: Verifier, hasher: PasswordHasher) {
    self.store = store
    self.verifier = verifier
    self.hasher = hasher
  }

  /// The same service on behalf of somebody, for the audit rows.
  public func on(behalfOf context: RequestContext) -> DirectoryService {
    var service = self
    service.verifier = verifier.on(behalfOf: context)
    return service
  }

  /// One transaction on a user with their account. Where `body` throws, nothing is changed.
  func change<R: Sendable>(
    _ user: UserName,
    _ body: @escaping @Sendable (inout UnitState, inout UserRecord, KeySet) throws(DirectoryError) -> R
  ) async throws(DirectoryError) -> R {
    let context = verifier.context
    let result = try await mappingErrors { () throws(VerifierError) in
      try await verifier.withCurrentKeys { keys throws(VerifierError) in
        try await store.transaction(withRecordOf: user) { state, record throws(VerifierError) in
          let before = (state, record)
          let result = try Self.refusalAsResult { () throws(DirectoryError) in try body(&state, &record, keys) }
          if case .failure = result { (state, record) = before }
          try state.writeRecords(on: context, keys: keys)
          return result
        }
      }
    }
    return try result.get()
  }

  /// The same, for a user who has to be there.
  func change<R: Sendable>(
    existing user: UserName,
    _ body: @escaping @Sendable (inout UnitState, inout UserRecord, KeySet) throws(DirectoryError) -> R
  ) async throws(DirectoryError) -> R {
    try await change(user) { state, record, keys throws(DirectoryError) in
      guard state.user != nil else { throw .noSuchUser(user.text) }
      return try body(&state, &record, keys)
    }
  }

  /// One transaction on what is the account's, with one audit row.
  func changeSettings<R: Sendable>(
    _ name: AuditEvent.Name, at now: UnixTime, reason: String? = nil,
    _ body: @escaping @Sendable (inout AccountSettings) throws(DirectoryError) -> R
  ) async throws(DirectoryError) -> R {
    let context = verifier.context
    let result = try await mappingErrors { () throws(VerifierError) in
      try await verifier.withCurrentKeys { keys throws(VerifierError) in
        let row = try AuditRecord(AuditEvent(name, at: now, reason: reason), on: context, under: keys.integrityKey)
        return try await store.changeSettings { settings, records throws(VerifierError) in
          let before = settings
          let result = try Self.refusalAsResult { () throws(DirectoryError) in try body(&settings) }
          if case .success = result { records.append(row) } else { settings = before }
          return result
        }
      }
    }
    return try result.get()
  }

  /// An objection is an answer, which ends the transaction without a change; what the verifier throws is none.
  private static func refusalAsResult<R>(_ body: () throws(DirectoryError) -> R) throws(VerifierError) -> Result<
    R, DirectoryError
  > {
    do throws(DirectoryError) { return .success(try body()) } catch .verifier(let error) { throw error } catch {
      return .failure(error)
    }
  }

  /// Runs what speaks the verifier's words.
  package func mappingErrors<R: Sendable>(
    _ body: () async throws(VerifierError) -> R
  ) async throws(DirectoryError) -> R {
    do throws(VerifierError) { return try await body() } catch {
      if case .userExists(let name) = error { throw .userExists(name.text) }
      throw .verifier(error)
    }
  }

  /// A row of something that changed nothing, or was refused.
  public func record(
    _ name: String, _ outcome: AuditEvent.Outcome, reason: String? = nil, user: UserName? = nil,
    device: Serial? = nil, at now: UnixTime
  ) async throws(VerifierError) {
    let event = AuditEvent(
      AuditEvent.Name(rawValue: name), at: now, outcome, reason: reason, user: user, device: device)
    try await verifier.withCurrentKeys { keys throws(VerifierError) in
      try await store.append([try AuditRecord(event, on: verifier.context, under: keys.integrityKey)])
    }
  }

  /// A user with all that is kept of them.
  public func iamUser(named user: UserName) async throws(DirectoryError) -> IAMUser {
    let found = try await mappingErrors { () throws(VerifierError) in try await store.iamUser(named: user) }
    guard let found else { throw .noSuchUser(user.text) }
    return found
  }

  /// What cannot be read of all accounts, tokens and settings, and access keys that do not open.
  public func unreadable() async throws(DirectoryError) -> [Unreadable] {
    var unreadable = try await mappingErrors { () throws(VerifierError) in try await store.tokens().unreadable }
    do throws(VerifierError) { _ = try await store.settings() } catch {
      guard error.isOfOneRecord else { throw .verifier(error) }
      unreadable.append(Unreadable(name: nil, error: error))
    }
    try await everyUser { page throws(DirectoryError) in
      unreadable += page.unreadable
      for iamUser in page.items { unreadable += try await closedAccessKeys(of: iamUser) }
    }
    return unreadable
  }

  private func closedAccessKeys(of iamUser: IAMUser) async throws(DirectoryError) -> [Unreadable] {
    var closed: [Unreadable] = []
    let user = iamUser.user.name
    for key in iamUser.record.accessKeys {
      do throws(VerifierError) { _ = try await secret(of: key, user: user) } catch {
        guard error.isOfOneRecord else { throw .verifier(error) }
        closed.append(Self.unreadableAccessKey(of: user))
      }
    }
    return closed
  }

  private func root() async throws(VerifierError) -> Listing<IAMUser> {
    do throws(VerifierError) { return Listing(items: try await store.iamUser(named: .root).map { [$0] } ?? []) } catch {
      guard error.isOfOneRecord else { throw error }
      return Listing(items: [], unreadable: [Unreadable(name: UserName.root.text, error: error)])
    }
  }

  /// All accounts, root's first, a page at a time.
  func everyUser(_ body: (Listing<IAMUser>) async throws(DirectoryError) -> Void) async throws(DirectoryError) {
    try await body(try await mappingErrors { () throws(VerifierError) in try await root() })
    var next: String?
    repeat {
      let page = try await mappingErrors { [next] () throws(VerifierError) in
        try await store.iamUsers(after: next, pathPrefix: "/", limit: 500)
      }
      try await body(page)
      next = page.next
    } while next != nil
  }
}
