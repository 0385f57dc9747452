internal import Directory
internal import Verifier

/// The one place that decides who may do what. Query actions, REST routes and pages all ask it.
public enum Authorization {
  /// Decides whether `principal` may perform `action` on all of `resources`.
  /// - Parameters:
  ///   - principal: who asks.
  ///   - action: what for.
  ///   - resources: what the action is about; each has to be allowed.
  ///   - context: what the request proves beside its credentials.
  public static func authorize(
    _ principal: Principal, _ action: Action, on resources: [Resource], in context: AuthorizationContext
  ) -> Decision {
    // A prohibition counts more than a missing permission, as in AWS's logic.
    var decision = Decision.allowed
    for resource in resources {
      switch decide(principal, action, on: resource, in: context) {
      case .allowed: continue
      case .explicitlyDenied(let reason): return .explicitlyDenied(reason)
      case .implicitlyDenied: decision = .implicitlyDenied
      }
    }
    return resources.isEmpty ? .implicitlyDenied : decision
  }

  private static func decide(
    _ principal: Principal, _ action: Action, on resource: Resource, in context: AuthorizationContext
  ) -> Decision {
    switch principal {
    case .token(let token): return decide(token, action, on: resource)
    case .root(let user), .user(let user):
      if Rules.withMFAAlone.contains(action), !context.mfaPresent { return .explicitlyDenied(.needsMFA) }
      if user.isRoot || user.record.isAdministrator || Rules.everybody.contains(action) { return .allowed }
      guard resource.owner == user.user.name else { return .implicitlyDenied }
      if Rules.ownWithMFA.contains(action) { return context.mfaPresent ? .allowed : .explicitlyDenied(.needsMFA) }
      return Rules.own.contains(action) ? .allowed : .implicitlyDenied
    }
  }

  private static func decide(_ token: APIToken, _ action: Action, on resource: Resource) -> Decision {
    let scope = Rules.scopes[action] ?? .admin
    guard token.allows(scope) else { return .explicitlyDenied(.needsScope(scope.rawValue)) }
    let isRoots = resource.owner == .root && Rules.notOnRootByTokens.contains(action)
    return isRoots ? .explicitlyDenied(.rootUser) : .allowed
  }
}

/// The rules in force, until policy documents replace them. Root and administrators may do everything. Actions that are
/// not listed here are theirs alone.
private enum Rules {
  /// Actions that everybody with credentials may perform.
  static let everybody: Set<Action> = [.getSessionToken, .getCallerIdentity]

  /// Actions that users may perform on themselves and on their own devices.
  static let own: Set<Action> = [
    .createVirtualMFADevice, .enableMFADevice, .resyncMFADevice, .listMFADevices, .getMFADevice, .listMFADeviceTags,
    .discardMFADevice, .getUser, .getLoginProfile, .endSession,
  ]

  /// The same, in a session with MFA only.
  static let ownWithMFA: Set<Action> = [
    .deactivateMFADevice, .createAccessKey, .listAccessKeys, .updateAccessKey, .deleteAccessKey, .changePassword,
    .createRecoveryCodes,
  ]

  /// Actions that take a session with MFA even from root and administrators. Recovery codes replace a second factor.
  static let withMFAAlone: Set<Action> = [.createRecoveryCodes]

  /// Actions that take a lesser scope than `admin` from a token.
  static let scopes: [Action: APIToken.Scope] = [
    .verifyCode: .verify, .createVirtualMFADevice: .enroll, .listMFADevices: .enroll, .enableMFADevice: .enroll,
  ]

  /// Root's second factor is root's own affair, as on AWS: no program reads it, changes it or unlocks it.
  static let notOnRootByTokens: Set<Action> = [
    .createVirtualMFADevice, .enableMFADevice, .resyncMFADevice, .deactivateMFADevice, .deleteVirtualMFADevice, .unlock,
    .createRecoveryCodes,
  ]
}
