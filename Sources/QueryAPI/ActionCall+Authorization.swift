internal import AWSQuery
internal import Authentication
internal import Directory
internal import Verifier

// Names the resource of a call, and decides whether its caller may make it.
extension ActionCall {
  /// The resource that the request names.
  private var resource: Resource {
    switch operation.subject {
    case .user: user(named: form["UserName"])
    case .users: .users(pathPrefix: form["PathPrefix"] ?? "/")
    case .device: form["SerialNumber"].map { .mfaDevice(serial: $0) } ?? .account
    case .newDevice:
      .newMFADevice(named: form["VirtualMFADeviceName"] ?? "", path: form["Path"] ?? "/", of: caller.name)
    case .account: .account
    }
  }

  private func user(named name: String?) -> Resource {
    guard let name, name != caller.name.text else { return .user(caller.user) }
    return .user(named: name)
  }

  /// Whether the caller may perform an action on something.
  func allows(_ action: Action, on resource: Resource) -> Bool {
    Authorization.authorize(caller.principal, action, on: [resource], in: caller.context).isAllowed
  }

  /// Whether the caller may enable devices for any user.
  var enablesForAnybody: Bool { allows(.enableMFADevice, on: .users(pathPrefix: "/")) }

  /// Refuses a call that its caller may not make.
  /// - Throws: ``QueryError/accessDenied(_:)``, which tells a prohibition from a missing permission.
  func authorize() throws {
    let action = operation.action, resource = resource
    let reason: String
    switch Authorization.authorize(caller.principal, action, on: [resource], in: caller.context) {
    case .allowed: return
    case .explicitlyDenied: reason = "with an explicit deny in an identity-based policy"
    case .implicitlyDenied: reason = "because no identity-based policy allows the \(action.fullName) action"
    }
    throw QueryError.accessDenied(
      "User: \(caller.principal.name) is not authorized to perform: \(action.fullName) on resource: "
        + "\(resource.arn(in: caller.user.accountID)) \(reason)")
  }
}
