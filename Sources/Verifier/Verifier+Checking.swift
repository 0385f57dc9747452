/// What a look at a whole database found.
public struct DatabaseReport: Sendable, Equatable {
  /// Users that were read.
  public internal(set) var userCount = 0
  /// Devices that were read, and whose seeds were opened.
  public internal(set) var deviceCount = 0
  /// What is wrong, in lines; at most 100.
  public internal(set) var problems: [String] = []

  package init(users: Int = 0, devices: Int = 0) {
    userCount = users
    deviceCount = devices
  }

  /// Adds a line; one that is there is not said again.
  package mutating func add(_ problem: String) {
    if problems.count < 100, !problems.contains(problem) { problems.append(problem) }
  }
}

extension Verifier {
  /// Looks at the database as its engine sees it, and then reads every user and opens every seed.
  /// - Parameter progress: told how many devices were read.
  public func checkDatabase(progress: @Sendable (Int) -> Void = { _ in }) async throws(VerifierError) -> DatabaseReport
  {
    var report = DatabaseReport()
    for problem in try await store.checkIntegrity() { report.add(problem) }
    try await keys.reload(from: store)
    var user: String?
    repeat {
      let page = try await store.users(after: user, limit: 500)
      report.userCount += page.items.count
      for found in page.unreadable { report.add("\(found.error)") }
      user = page.next
    } while user != nil
    try await checkDevices(&report, progress: progress)
    return report
  }

  private func checkDevices(
    _ report: inout DatabaseReport, progress: @Sendable (Int) -> Void
  ) async throws(VerifierError) {
    var serial: String?, missing: Set<String> = []
    repeat {
      let page = try await store.devices(DeviceQuery(after: serial, limit: 500))
      for found in page.unreadable { report.add("\(found.error)") }
      for device in page.items {
        guard case .failure(let error) = try await opened(device, missing: &missing) else { continue }
        report.add("the device \(device.serial): \(error)")
      }
      report.deviceCount += page.items.count
      progress(report.deviceCount)
      serial = page.next
    } while serial != nil
  }
}
