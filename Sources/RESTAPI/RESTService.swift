internal import AWSQuery
internal import Authentication
package import Directory
internal import HTTPTypes
package import OATH
package import Verifier
package import ServiceHTTP

/// The REST interface for login services, `/v1`. The shapes of its requests and answers are in openapi.yaml.
package struct RESTService: Sendable {
  let directory: DirectoryService
  let issuer: String
  let tokens: TokenAuthentication
  let errors: ErrorReporter
  let observe: @Sendable (Verdict, UnixTime) -> Void

  /// - Parameters:
  ///   - directory: the users and devices that are served.
  ///   - issuer: as authenticators show it, unless a request names another one.
  ///   - metrics: count refused credentials.
  ///   - errors: told of what a client is not told.
  ///   - observe: told of every code that was checked.
  package init(
    directory: DirectoryService, issuer: String, metrics: ServiceMetrics, errors: ErrorReporter,
    observe: @escaping @Sendable (Verdict, UnixTime) -> Void
  ) {
    self.directory = directory
    self.issuer = issuer
    self.errors = errors
    self.observe = observe
    tokens = TokenAuthentication(store: directory.store, metrics: metrics, errors: errors)
  }

  package var routes: [RouteTable.Route] {
    [
      route(.post, "/v1/users/{user}/verify", .verifyCode, on: .user, verify),
      route(.post, "/v1/users/{user}/devices", .createVirtualMFADevice, on: .user, createDevice),
      route(.get, "/v1/users/{user}/devices", .listMFADevices, on: .user, listUsersDevices),
      route(.post, "/v1/users/{user}/recovery-codes", .createRecoveryCodes, on: .user, createRecoveryCodes),
      route(.get, "/v1/devices", .listVirtualMFADevices, on: .account, listDevices),
      route(.post, "/v1/devices/{id}/enable", .enableMFADevice, on: .device, enableDevice),
      route(.post, "/v1/devices/{id}/resync", .resyncMFADevice, on: .device, resyncDevice),
      route(.post, "/v1/devices/{id}/deactivate", .deactivateMFADevice, on: .device, deactivateDevice),
      route(.post, "/v1/devices/{id}/unlock", .unlock, on: .device, unlockDevice),
      route(.delete, "/v1/devices/{id}", .deleteVirtualMFADevice, on: .device, deleteDevice),
      route(.get, "/v1/audit", .lookupEvents, on: .account, listAudit),
      RouteTable.Route(.get, "/openapi.yaml") { _, _ in
        Answer(
          .ok, type: "application/yaml", headers: [.cacheControl: "max-age=300"], body: PackageResources.openapi_yaml)
      },
    ]
  }

  /// The resource of a route, by the parameter in its path.
  enum Subject: Sendable {
    /// The user of the path.
    case user
    /// The device of the path, by its id or its serial number.
    case device
    /// The account itself.
    case account
  }

  /// One call of a route.
  struct Call: Sendable {
    let request: Incoming
    let token: APIToken
    let action: Action
    /// The segment of the path that is a parameter; empty for a route without one.
    let parameter: String
    /// On behalf of the token.
    let directory: DirectoryService

    var verifier: Verifier { directory.verifier }
    var now: UnixTime { request.time }
    var device: DeviceReference { DeviceReference(parameter) }

    func user() throws -> UserName { try UserName(parameter) }
  }

  func route(
    _ method: HTTPRequest.Method, _ pattern: String, _ action: Action, on subject: Subject,
    _ handler: @escaping @Sendable (Call) async throws -> Answer
  ) -> RouteTable.Route {
    RouteTable.Route(method, pattern) { request, parameters in
      let token = try await tokens.authenticate(request)
      let context = RequestContext(
        actor: Principal.token(token).name, source: request.source, requestID: request.id)
      let call = Call(
        request: request, token: token, action: action, parameter: parameters.first ?? "",
        directory: directory.on(behalfOf: context))
      do { try call.authorize(subject) } catch let problem as Problem where problem.code == Problem.wrongScope {
        tokens.countRefusal()
        throw problem
      }
      return try await handler(call)
    }
  }

  /// A row for what was only looked at.
  func recordRead(_ name: String, user: UserName? = nil, _ call: Call) async throws {
    try await call.directory.record(name, .done, user: user, at: call.now)
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
