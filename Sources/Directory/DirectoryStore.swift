public import OATH
public import Verifier

/// Where accounts are kept: in the same database as devices, and changed in the same transactions.
public protocol DirectoryStore: DeviceStore {
  /// As `DeviceStore.transaction(_:_:)` for a user, with their account record.
  /// - Throws: `VerifierError.userExists` where it would make a user whose name is another's but for the case of ASCII letters.
  func transaction<R: Sendable>(
    withRecordOf user: UserName,
    _ body: @escaping @Sendable (inout UnitState, inout UserRecord) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R

  /// A user with all that is kept of them; nil where there is none.
  func iamUser(named user: UserName) async throws(VerifierError) -> IAMUser?

  /// Those of these users that there are.
  func iamUsers(named users: [UserName]) async throws(VerifierError) -> Listing<IAMUser>

  /// Whose access key this is.
  func iamUser(withAccessKey id: String) async throws(VerifierError) -> IAMUser?

  /// Users by name, root aside: at most `limit` of those after `name` whose path begins so.
  func iamUsers(
    after name: String?, pathPrefix: String, limit: Int
  ) async throws(VerifierError) -> Listing<IAMUser>

  /// The bearer tokens of the REST interface, by name: also where other settings cannot be read.
  func tokens() async throws(VerifierError) -> Listing<APIToken>

  /// What is the account's.
  func settings() async throws(VerifierError) -> AccountSettings

  /// Changes what is the account's, one caller at a time, with audit rows.
  func changeSettings<R: Sendable>(
    _ body: @escaping @Sendable (inout AccountSettings, inout [AuditRecord]) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R

  /// How many there are; `now` tells how old keys are.
  func counts(at now: UnixTime) async throws(VerifierError) -> DirectoryCounts

  /// The last credential report.
  func credentialReport() async throws(VerifierError) -> CredentialReport?

  /// Keeps a credential report.
  func keep(_ report: CredentialReport, records: [AuditRecord]) async throws(VerifierError)
}
