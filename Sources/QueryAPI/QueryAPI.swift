internal import AWSQuery
package import Authentication
package import Directory
internal import CoreMetrics
internal import HTTPTypes
package import OATH
package import Verifier
package import ServiceHTTP

/// The IAM and STS query APIs at `/`: requests signed with Signature Version 4, answers in XML.
package struct QueryAPI: Sendable {
  let directory: DirectoryService
  let issuer: String
  let attempts: AttemptLimits
  let metrics: ServiceMetrics
  let errors: ErrorReporter
  let observe: @Sendable (Verdict, UnixTime) -> Void

  /// - Parameters:
  ///   - directory: the users and devices that are served.
  ///   - issuer: as authenticators show it.
  ///   - attempts: of passwords, shared with all other fronts.
  ///   - metrics: count refused credentials.
  ///   - errors: told of what a client is not told.
  ///   - observe: told of every code that was checked.
  package init(
    directory: DirectoryService, issuer: String, attempts: AttemptLimits, metrics: ServiceMetrics,
    errors: ErrorReporter, observe: @escaping @Sendable (Verdict, UnixTime) -> Void
  ) {
    self.directory = directory
    self.issuer = issuer
    self.attempts = attempts
    self.metrics = metrics
    self.errors = errors
    self.observe = observe
  }

  /// - Parameter front: what a browser is shown.
  package func routes(front: @escaping RouteTable.Handler) -> [RouteTable.Route] {
    [
      RouteTable.Route(.post, "/") { request, _ in await answer(request) },
      RouteTable.Route(.get, "/") { request, parameters in
        Self.isMeant(by: request) ? await answer(request) : try await front(request, parameters)
      },
    ]
  }

  /// Whether a GET is one of an SDK, and none of a browser.
  static func isMeant(by request: Incoming) -> Bool {
    request.headers[.authorization]?.hasPrefix("AWS4-") ?? false
      || request.query.map { $0.contains("X-Amz-Algorithm=") || $0.contains("Action=") } ?? false
  }

  func answer(_ request: Incoming) async -> Answer {
    var service = QueryServiceName.iam
    do {
      let forms = Result { try Self.forms(of: request) }
      if let other = OtherService(request, version: try? forms.get().form["Version"]) {
        return other.refusal(of: request)
      }
      let (query, form) = try forms.get()
      guard let name = form["Action"], !name.isEmpty else {
        throw QueryError(400, "MissingAction", "The request must contain the parameter Action")
      }
      let version = form["Version"] ?? ""
      let unknown = QueryError(
        400, "InvalidAction", "Could not find operation \(name.prefix(128)) for version \(version.prefix(32))")
      guard let found = QueryServiceName(version: version) else { throw unknown }
      service = found
      let caller = try await authenticate(request, query: query, service: service)
      guard let operation = QueryAction.all[name], operation.service == service else {
        throw unknown
      }
      return try await perform(operation, form, for: caller, request)
    } catch { return failure(error, of: service, request) }
  }

  /// The query string, and the parameters of the action: those of the body, or of a GET's query string.
  private static func forms(of request: Incoming) throws -> (query: QueryForm, form: QueryForm) {
    do throws(QueryForm.Failure) {
      let query = try QueryForm(parsing: Array((request.query ?? "").utf8))
      if request.method != .post { return (query, query) }
      guard request.body.isEmpty || request.mediaType == "application/x-www-form-urlencoded" else {
        throw QueryForm.Failure.malformed
      }
      var form = try QueryForm(parsing: request.body)
      for field in query.fields where !field.name.hasPrefix("X-Amz-") { try form.add(field.name, field.value) }
      return (query, form)
    } catch {
      switch error {
      case .malformed:
        throw QueryError.malformed("The request is not well-formed application/x-www-form-urlencoded.")
      case .duplicate(let name): throw QueryError.malformed("The parameter \(name.prefix(128)) stands twice.")
      case .tooMany: throw QueryError.malformed("The request has more than \(QueryForm.maximumCount) parameters.")
      }
    }
  }

  private func authenticate(
    _ request: Incoming, query: QueryForm, service: QueryServiceName
  ) async throws -> Caller {
    do {
      let caller = try await RequestAuthentication(directory: directory).caller(
        of: request, query: query, service: service.rawValue)
      // Without MFA a session is no way into IAM.
      if service == .iam, caller.session != nil, !caller.context.mfaPresent { throw QueryError.invalidToken }
      return caller
    } catch let error as QueryError {
      metrics.refusedCredentials.increment()
      throw error
    }
  }

  private func perform(
    _ operation: QueryAction, _ form: QueryForm, for caller: Caller, _ request: Incoming
  ) async throws -> Answer {
    let context = RequestContext(actor: caller.principal.name, source: request.source, requestID: request.id)
    let call = ActionCall(
      operation: operation, form: form, caller: caller, directory: directory.on(behalfOf: context), issuer: issuer,
      attempts: attempts, now: request.time, observe: { observe($0, request.time) },
      tellOf: { errors.report($0, to: request.id) })
    do {
      try call.authorize()
      let result = try await operation.run(call)
      if !operation.action.isChange { try await record(call, .done, reason: nil) }
      return success(operation, result, request)
    } catch {
      let told = QueryError(any: error)
      if !told.isRecorded, told.status < 500 { try await record(call, .rejected, reason: told.code) }
      throw error
    }
  }

  private func record(_ call: ActionCall, _ outcome: AuditEvent.Outcome, reason: String?) async throws {
    let user = call.form["UserName"].flatMap { try? UserName($0) }
    let device = call.form["SerialNumber"].map { Serial(stored: $0.cut(to: 256)) }
    try await call.directory.record(
      call.operation.name, outcome, reason: reason, user: user, device: device, at: call.now)
  }

  private func success(_ operation: QueryAction, _ result: XMLText?, _ request: Incoming) -> Answer {
    var xml = XMLText()
    if let result { xml.group("\(operation.name)Result") { $0.raw(result.text) } }
    xml.group("ResponseMetadata") { $0.element("RequestId", request.id) }
    return Self.document("\(operation.name)Response", xml, .ok, operation.service, request)
  }

  private func failure(_ error: any Error, of service: QueryServiceName, _ request: Incoming) -> Answer {
    let told = QueryError(any: error)
    if told == .unavailable { errors.report(error, to: request.id) }
    var xml = XMLText()
    xml.group("Error") { xml in
      xml.element("Type", told.status >= 500 ? "Receiver" : "Sender")
      xml.element("Code", told.code)
      xml.element("Message", told.message)
    }
    xml.element("RequestId", request.id)
    return Self.document("ErrorResponse", xml, HTTPResponse.Status(code: told.status), service, request)
  }

  private static func document(
    _ root: String, _ content: XMLText, _ status: HTTPResponse.Status, _ service: QueryServiceName, _ request: Incoming
  ) -> Answer {
    let text = "<\(root) xmlns=\"\(service.namespace)\">\(content.text)</\(root)>\n"
    return Answer(
      status, type: "text/xml; charset=utf-8", headers: [.amazonRequestID: request.id], body: Array(text.utf8))
  }
}

extension QueryError {
  /// What any error is to a client.
  init(any error: any Error) {
    switch error {
    case let error as QueryError: self = error
    case let error as DirectoryError: self.init(error)
    case let error as VerifierError: self.init(error)
    default: self = .unavailable
    }
  }
}
