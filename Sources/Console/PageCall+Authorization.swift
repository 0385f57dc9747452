internal import Authentication
internal import Directory
internal import Verifier

// Names the resource of a page, and decides whether the person may have the page.
extension PageCall {
  func resource(_ subject: PageService.Subject) throws -> Resource {
    switch subject {
    case .own: .user(try owner())
    case .user: .user(named: parameters.first ?? "")
    case .users: .users(pathPrefix: "/")
    case .account: .account
    }
  }

  private func decide(_ action: Action, on resource: Resource, mfaPresent: Bool) -> Decision {
    guard isSignedIn, let user else { return .implicitlyDenied }
    return Authorization.authorize(
      Principal(user), action, on: [resource], in: AuthorizationContext(mfaPresent: mfaPresent))
  }

  /// Whether the person may perform an action.
  func allows(_ action: Action, on resource: Resource) -> Bool {
    decide(action, on: resource, mfaPresent: mfaPresent).isAllowed
  }

  /// Whether the person may perform an action on themselves.
  func allowsOnSelf(_ action: Action) -> Bool { user.map { allows(action, on: .user($0)) } ?? false }

  /// Refuses an action that the person may not perform.
  /// - Parameter mfaPresent: true where a code was accepted in this very request.
  /// - Throws: ``PageProblem``, which says so where MFA is all that is missing.
  func require(_ action: Action, on resource: Resource, mfaPresent: Bool? = nil) throws {
    switch decide(action, on: resource, mfaPresent: mfaPresent ?? self.mfaPresent) {
    case .allowed: return
    case .explicitlyDenied(.needsMFA): throw PageProblem.needsMFA
    case .explicitlyDenied, .implicitlyDenied: throw PageProblem.notAllowed
    }
  }

  /// How a person may enable devices of their own: whoever has one shows a code of it before there is another one.
  func enrolmentLimits() throws -> EnrolmentLimits {
    .selfService(
      of: try owner().user.name, pool: .root, allowsFurtherDevice: mfaPresent, deviceLimit: IAMUser.deviceLimit)
  }
}
