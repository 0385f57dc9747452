internal import AWSQuery
internal import Accounts
internal import HTTPTypes
internal import OATH
internal import Verifier

/// The REST interface for login services, `/v1`. What it takes and gives is in openapi.yaml.
struct RESTService: Sendable {
  let accounts: AccountService
  let issuer: String
  let tokens: TokenAuthentication
  let trouble: TroubleLog
  let observe: @Sendable (Verdict, UnixTime) -> Void

  var routes: [RouteTable.Route] {
    [
      route(.post, "/v1/users/{user}/verify", .verify, verify),
      route(.post, "/v1/users/{user}/devices", .enroll, createDevice),
      route(.get, "/v1/users/{user}/devices", .enroll, listUsersDevices),
      route(.post, "/v1/users/{user}/recovery-codes", .admin, createRecoveryCodes),
      route(.get, "/v1/devices", .admin, listDevices),
      route(.post, "/v1/devices/{id}/enable", .enroll, enableDevice),
      route(.post, "/v1/devices/{id}/resync", .admin, resyncDevice),
      route(.post, "/v1/devices/{id}/deactivate", .admin, deactivateDevice),
      route(.post, "/v1/devices/{id}/unlock", .admin, unlockDevice),
      route(.delete, "/v1/devices/{id}", .admin, deleteDevice),
      route(.get, "/v1/audit", .admin, listAudit),
      RouteTable.Route(.get, "/openapi.yaml") { _, _ in
        Answer(
          .ok, type: "application/yaml", headers: [.cacheControl: "max-age=300"], body: PackageResources.openapi_yaml)
      },
    ]
  }

  /// One call: the request, what stands in the path, and the verifier on behalf of the token.
  struct Call: Sendable {
    let request: Incoming
    let parameter: String
    let accounts: AccountService
    var verifier: Verifier { accounts.verifier }
    var now: UnixTime { request.time }

    func user() throws -> UserName { try UserName(parameter) }
    var device: DeviceReference { DeviceReference(parameter) }
  }

  func route(
    _ method: HTTPRequest.Method, _ pattern: String, _ scope: APIToken.Scope,
    _ handler: @escaping @Sendable (Call) async throws -> Answer
  ) -> RouteTable.Route {
    RouteTable.Route(method, pattern) { request, parameters in
      let token = try await tokens.authenticate(request, scope: scope)
      let context = RequestContext(actor: "token:\(token.name)", source: request.source, requestID: request.id)
      return try await handler(
        Call(request: request, parameter: parameters.first ?? "", accounts: accounts.on(behalfOf: context)))
    }
  }

  /// A row for what was only looked at.
  func recordRead(_ name: String, user: UserName? = nil, _ call: Call) async throws {
    try await call.accounts.record(name, .done, user: user, at: call.now)
  }
}

extension Incoming {
  /// The parameters of the query string, each of which has to be one of these.
  func parameters(_ allowed: [String]) throws(Problem) -> QueryForm {
    let form: QueryForm
    do throws(QueryForm.Failure) { form = try QueryForm(parsing: Array((query ?? "").utf8)) } catch {
      throw .badRequest("the query string is malformed, or holds a parameter twice")
    }
    guard form.fields.allSatisfy({ allowed.contains($0.name) }) else {
      throw .badRequest("the query string may hold \(allowed.joined(separator: ", ")), and nothing else")
    }
    return form
  }

  /// `limit`, 1 to 1000; 100 where it is not given.
  static func limit(in form: QueryForm) throws(Problem) -> Int {
    guard let text = form["limit"] else { return 100 }
    guard let limit = Int(text), (1...1000).contains(limit) else { throw .badRequest("limit is 1 to 1000") }
    return limit
  }
}
