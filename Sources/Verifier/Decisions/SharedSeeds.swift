internal import OATH

// Two devices of a user may hold one seed, by an import or a second scan: a code that one takes is spent on the other too.
extension UnitState {
  /// Spends codes that one device takes on the user's other active devices that show them, within reach or at that step.
  /// - Parameters:
  ///   - codes: what the device takes, and at which of its steps.
  ///   - index: the device's place.
  ///   - now: the verifier's clock.
  ///   - keys: for the other devices' seeds.
  /// - Returns: false, and changes nothing, where another device has spent one of the codes at the same step.
  mutating func spendElsewhere(
    _ codes: [(code: OneTimeCode, step: Int64)], takenByDeviceAt index: Int, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> Bool {
    guard devices.count > 1 else { return true }
    let owner = user?.name ?? devices[index].user
    var watermarks: [(index: Int, step: Int64)] = []
    for other in devices.indices where other != index && devices[other].status == .active {
      let device = devices[other]
      guard device.user == owner else { continue }
      let sharesSteps = device.movingFactor == devices[index].movingFactor
      let near = device.candidates(rules: rules, at: now)
      for (code, step) in codes {
        let match = try device.matches(of: code, among: sharesSteps ? near + [step] : near, keys: keys)
        if let fresh = match.fresh { watermarks.append((other, fresh)) }
        guard sharesSteps, let watermark = device.lastStep, step <= watermark else { continue }
        if try device.matches(of: code, among: [step], keys: keys).spent { return false }
      }
    }
    for (other, step) in watermarks { devices[other].lastStep = max(devices[other].lastStep ?? step, step) }
    return true
  }
}
