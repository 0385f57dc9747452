public import OATH
public import Verifier

/// Where accounts are kept: in the same database as devices, and changed in the same transactions.
public protocol AccountStore: DeviceStore {
  /// As `DeviceStore.transaction(_:_:)` for a user, with their account record.
  /// - Throws: `VerifierError.userExists` where it would make a user whose name is another's but for the case of ASCII letters.
  func transaction<R: Sendable>(
    withAccountOf user: UserName,
    _ body: @escaping @Sendable (inout UnitState, inout AccountRecord) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R

  /// A user with all that is kept of them; nil where there is none.
  func account(of user: UserName) async throws(VerifierError) -> Account?

  /// Those of these users that there are.
  func accounts(of users: [UserName]) async throws(VerifierError) -> Listing<Account>

  /// Whose access key this is.
  func account(ofAccessKey id: String) async throws(VerifierError) -> Account?

  /// Users by name, root aside: at most `limit` of those after `name` whose path begins so.
  func accounts(
    after name: String?, pathPrefix: String, limit: Int
  ) async throws(VerifierError) -> Listing<Account>

  /// The bearer tokens of the REST interface, by name: also where other settings cannot be read.
  func tokens() async throws(VerifierError) -> Listing<APIToken>

  /// What is the account's.
  func settings() async throws(VerifierError) -> AccountSettings

  /// Changes what is the account's, one caller at a time, with audit rows.
  func changeSettings<R: Sendable>(
    _ body: @escaping @Sendable (inout AccountSettings, inout [AuditRecord]) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R

  /// How many there are; `now` tells how old keys are.
  func accountCounts(at now: UnixTime) async throws(VerifierError) -> AccountCounts

  /// The last credential report.
  func credentialReport() async throws(VerifierError) -> CredentialReport?

  /// Keeps a credential report.
  func keep(_ report: CredentialReport, records: [AuditRecord]) async throws(VerifierError)
}
