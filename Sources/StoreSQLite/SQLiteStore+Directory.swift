public import Directory
internal import GRDB
public import OATH
public import Verifier
internal import StoreSQL

extension SQLiteStore: DirectoryStore {
  public func transaction<R: Sendable>(
    withRecordOf user: UserName,
    _ body: @escaping @Sendable (inout UnitState, inout UserRecord) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await write { try $0.change(accountOf: user, body) }
  }

  public func iamUser(named user: UserName) async throws(VerifierError) -> IAMUser? {
    try await read { try $0.iamUser(named: user) }
  }

  public func iamUsers(named users: [UserName]) async throws(VerifierError) -> Listing<IAMUser> {
    try await read { try $0.iamUsers(named: users) }
  }

  public func iamUser(withAccessKey id: String) async throws(VerifierError) -> IAMUser? {
    try await read { try $0.iamUser(withAccessKey: id) }
  }

  public func iamUsers(
    after name: String?, pathPrefix: String, limit: Int
  ) async throws(VerifierError) -> Listing<IAMUser> {
    try await read { try $0.iamUsers(after: name, pathPrefix: pathPrefix, limit: limit) }
  }

  public func tokens() async throws(VerifierError) -> Listing<APIToken> { try await read { try $0.tokens() } }

  public func settings() async throws(VerifierError) -> AccountSettings { try await read { try $0.settings() } }

  public func changeSettings<R: Sendable>(
    _ body: @escaping @Sendable (inout AccountSettings, inout [AuditRecord]) throws(VerifierError) -> R
  ) async throws(VerifierError) -> R {
    try await write { try $0.changeSettings(body) }
  }

  public func counts(at now: UnixTime) async throws(VerifierError) -> DirectoryCounts {
    try await read { try $0.counts(at: now) }
  }

  public func credentialReport() async throws(VerifierError) -> CredentialReport? {
    try await read { try $0.credentialReport() }
  }

  public func keep(_ report: CredentialReport, records: [AuditRecord]) async throws(VerifierError) {
    try await write { try $0.keep(report, records: records) }
  }
}
