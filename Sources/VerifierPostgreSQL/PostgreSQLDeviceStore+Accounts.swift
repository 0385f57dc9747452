public import Accounts
public import OATH
public import Verifier
internal import VerifierSQL

extension PostgreSQLDeviceStore: AccountStore {
  /// As `AccountStore` has it.
  public func transaction<R: Sendable>(
    withAccountOf user: UserName,
    _ body: @escaping @Sendable (inout UnitState, inout AccountRecord) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await write { try $0.change(accountOf: user, body) }
  }

  /// As `AccountStore` has it.
  public func account(of user: UserName) async throws(VerifierError) -> Account? {
    try await read { try $0.account(of: user) }
  }

  /// As `AccountStore` has it.
  public func accounts(of users: [UserName]) async throws(VerifierError) -> Listing<Account> {
    try await read { try $0.accounts(of: users) }
  }

  /// As `AccountStore` has it.
  public func account(ofAccessKey id: String) async throws(VerifierError) -> Account? {
    try await read { try $0.account(ofAccessKey: id) }
  }

  /// As `AccountStore` has it.
  public func accounts(
    after name: String?, pathPrefix: String, limit: Int
  ) async throws(VerifierError) -> Listing<Account> {
    try await read { try $0.accounts(after: name, pathPrefix: pathPrefix, limit: limit) }
  }

  /// As `AccountStore` has it.
  public func tokens() async throws(VerifierError) -> Listing<APIToken> { try await read { try $0.tokens() } }

  /// As `AccountStore` has it.
  public func settings() async throws(VerifierError) -> AccountSettings { try await read { try $0.settings() } }

  /// As `AccountStore` has it.
  public func changeSettings<R: Sendable>(
    _ body: @escaping @Sendable (inout AccountSettings, inout [AuditRecord]) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await write { try $0.changeSettings(body) }
  }

  /// As `AccountStore` has it.
  public func accountCounts(at now: UnixTime) async throws(VerifierError) -> AccountCounts {
    try await read { try $0.accountCounts(at: now) }
  }

  /// As `AccountStore` has it.
  public func credentialReport() async throws(VerifierError) -> CredentialReport? {
    try await read { try $0.credentialReport() }
  }

  /// As `AccountStore` has it.
  public func keep(_ report: CredentialReport, records: [AuditRecord]) async throws(VerifierError) {
    try await write { try $0.keep(report, records: records) }
  }
}
