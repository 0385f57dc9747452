internal import Authentication
internal import Directory
internal import HTTPTypes
internal import Verifier
internal import ServiceHTTP

// Names the resource of a call, and decides whether its token may make it.
extension RESTService.Call {
  /// Refuses a call that the token may not make, as far as its path says what it is about.
  /// - Throws: ``Problem``: 403, or 400 for what is no name of a user.
  func authorize(_ subject: RESTService.Subject) throws {
    switch subject {
    case .user: try require(.user(named: user()))
    case .device: try require(.mfaDevice(serial: parameter))
    case .account: try require(.account)
    }
  }

  /// The device of the path, which the token may use.
  /// - Throws: ``Problem/rootsDevice`` for one of root's, and what the verifier throws where there is none.
  @discardableResult
  func authorizedDevice() async throws -> Device {
    let device = try await verifier.device(device)
    // Administrators' devices are root's in name until EnableMFADevice gives them to somebody. They may be removed.
    let isAnybodys = action == .deleteVirtualMFADevice && !device.isAssigned
    try require(isAnybodys ? .mfaDevice(serial: device.serial.text) : .mfaDevice(device))
    return device
  }

  private func require(_ resource: Resource) throws {
    let decision = Authorization.authorize(
      .token(token), action, on: [resource], in: AuthorizationContext(mfaPresent: false))
    switch decision {
    case .allowed: return
    case .explicitlyDenied(.rootUser): throw Problem.rootsDevice
    case .explicitlyDenied(.needsScope(let scope)): throw Problem.needsScope(scope, of: token)
    case .explicitlyDenied(.needsMFA), .implicitlyDenied: throw Problem.notAllowed(action)
    }
  }
}

extension Problem {
  static let rootsDevice = Problem(
    .forbidden, "root_user", "the second factor of the root user is root's own affair, on the pages")

  /// The code of ``Problem`` for a token that lacks a scope.
  static let wrongScope = "wrong_scope"

  fileprivate static func notAllowed(_ action: Action) -> Problem {
    Problem(.forbidden, "not_allowed", "a token may not perform \(action.fullName)")
  }

  fileprivate static func needsScope(_ scope: String, of token: APIToken) -> Problem {
    var problem = Problem(.forbidden, wrongScope, "the token \(token.name) lacks the scope \(scope)")
    problem.headers[.wwwAuthenticate] = "Bearer error=\"insufficient_scope\""
    return problem
  }
}
