internal import HTTPTypes
internal import Verifier

/// Root's second factor is no program's affair, as on AWS: not what it has, not its lock, and not one more.
extension RESTService.Call {
  /// The user of the path.
  /// - Throws: ``Problem/rootsDevice`` for root.
  func userButRoot() throws -> UserName {
    let user = try user()
    guard user != .root else { throw Problem.rootsDevice }
    return user
  }

  /// The device of the path.
  /// - Parameter orWaiting: whether one that nobody has enabled is let through as well. Administrators' devices are root's
  ///   in name until IAM's EnableMFADevice gives them to somebody, and may be removed; to unlock one would unlock root.
  /// - Throws: ``Problem/rootsDevice`` for one of root's.
  @discardableResult
  func deviceButRoots(orWaiting: Bool = false) async throws -> Device {
    let device = try await verifier.device(device)
    guard device.user != .root || orWaiting && !device.isAssigned else { throw Problem.rootsDevice }
    return device
  }
}

extension Problem {
  static let rootsDevice = Problem(
    .forbidden, "root_user", "the second factor of the root user is root's own affair, on the pages")
}
