internal import OATH

/// The decision on two consecutive codes: enabling a device, and setting its place in time again.
enum PairSync {
  /// How a sync differs from another one.
  struct Terms {
    /// What it is, for the audit row.
    let name: AuditEvent.Name
    /// Steps from the present, either way, for the second code.
    let reach: Int64
    /// Lowers the watermark, if that is where the pair lies.
    let resetsWatermark: Bool
  }

  /// Changes `state` by what follows from the pair for the device at `index`.
  static func decide(
    _ state: inout UnitState, deviceAt index: Int, pair: CodePair, terms: Terms, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> SyncVerdict {
    let before = state.devices[index]
    let verdict = try verdict(&state, deviceAt: index, pair, terms, at: now, keys: keys)
    let isLowered = before.lastStep.map { state.devices[index].lastStep ?? $0 < $0 } ?? false
    state.events.append(
      AuditEvent(
        terms.name, at: now, verdict.outcome, reason: isLowered ? "watermark lowered" : verdict.word,
        user: state.user?.name ?? before.user, device: before.serial))
    return verdict
  }

  private static func verdict(
    _ state: inout UnitState, deviceAt index: Int, _ pair: CodePair, _ terms: Terms, at now: UnixTime, keys: KeySet
  ) throws(VerifierError) -> SyncVerdict {
    var device = state.devices[index]
    let digits = device.parameters.digits
    guard pair.first.length == digits, pair.second.length == digits else {
      throw .wrongCodeLength(expected: [digits])
    }
    if let lock = state.user?.lockInForce(at: now, rules: state.rules) { return .locked(retryAfter: lock.retryAfter) }
    guard device.syncFailures < state.rules[.syncBudget] else { return .budgetSpent }

    var totp = try device.totp(keys: keys)
    // A counter is searched around where it was last seen.
    let isTimed = device.movingFactor == .time
    let present = isTimed ? device.parameters.step(at: now) : device.lastStep ?? -1
    let match = try PairSearch.find(pair, of: &totp, around: present, reach: terms.reach) { first in
      device.allows(first: first, resettingWatermark: terms.resetsWatermark)
    }
    guard case .one(let first) = match,
      try state.spendElsewhere(
        [(pair.first, first), (pair.second, first + 1)], takenByDeviceAt: index, at: now, keys: keys)
    else {
      state.devices[index].syncFailures += 1
      return .refused
    }
    device.lastStep = first + 1
    device.syncDrift = isTimed ? first + 1 - present : 0
    device.drift = device.syncDrift
    device.lastSide = 0
    device.syncFailures = 0
    device.lastUsedAt = now
    state.devices[index] = device
    return .accepted(device: device.serial, step: first + 1, drift: device.drift)
  }
}

extension Device {
  /// Whether a pair that begins at `first` is unspent. With the watermark to be reset, steps below it are taken for
  /// unspent; the step that it stands on is known to be spent, and never is.
  fileprivate func allows(first: Int64, resettingWatermark: Bool) -> Bool {
    guard Device.steps.contains(first + 1) else { return false }
    guard let lastStep else { return true }
    return first > lastStep || resettingWatermark && first + 1 < lastStep
  }
}

extension SyncVerdict {
  fileprivate var outcome: AuditEvent.Outcome { if case .accepted = self { .accepted } else { .rejected } }

  fileprivate var word: String? {
    switch self {
    case .accepted: nil
    case .refused: "refused"
    case .locked: "locked"
    case .budgetSpent: "sync_budget"
    }
  }
}
