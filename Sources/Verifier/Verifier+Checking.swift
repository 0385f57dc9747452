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

  mutating func add(_ problem: String) {
    if problems.count < 100 { problems.append(problem) }
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
    var user: UserName?
    do throws(VerifierError) {
      while case let page = try await store.users(after: user, limit: 500), let last = page.last {
        report.userCount += page.count
        user = last.name
      }
    } catch .corruptRecord(let what) { report.add("after the user \(user?.text ?? "(none)"): \(what) cannot be read") }
    try await checkDevices(&report, progress: progress)
    return report
  }

  private func checkDevices(
    _ report: inout DatabaseReport, progress: @Sendable (Int) -> Void
  ) async throws(VerifierError) {
    var query = DeviceQuery(limit: 500), keys = keys.current
    do throws(VerifierError) {
      while case let page = try await store.devices(query), let last = page.last {
        for device in page {
          do throws(VerifierError) { _ = try keys.openSeed(of: device) } catch .unknownKey {
            // Rotated meanwhile, or moved under a key that was never there.
            try await self.keys.reload(from: store)
            keys = self.keys.current
            do throws(VerifierError) { _ = try keys.openSeed(of: device) } catch {
              report.add("the device \(device.serial): \(error)")
            }
          } catch { report.add("the device \(device.serial): \(error)") }
        }
        report.deviceCount += page.count
        query.after = last.serial
        progress(report.deviceCount)
      }
    } catch .corruptRecord(let what) {
      report.add("after the device \(query.after?.text ?? "(none)"): \(what) cannot be read")
    }
  }
}
