internal import OATH

// A device's codes, and the steps at which they are looked for. See RFC 6238 §5.2 and §6, RFC 4226 §7.3.
extension Device {
  /// The highest of these steps that has this code and is above the watermark, and whether one at or below the watermark
  /// has it. Every step's code is computed and compared in constant time, without an early end.
  func matches(
    of code: OneTimeCode, among steps: [Int64], keys: KeySet
  ) throws(VerifierError) -> (fresh: Int64?, spent: Bool) {
    var totp = try totp(keys: keys)
    let watermark = lastStep ?? Int64.min
    var fresh: Int64?, spent = false
    for step in steps {
      guard try totp.matches(code, step: step) else { continue }
      if step > watermark { fresh = max(fresh ?? step, step) } else { spent = true }
    }
    return (fresh, spent)
  }

  /// Steps within the window of the present and of where the device is expected, ascending. Two centres, so that a phone
  /// whose clock was put right is not locked out. A counter has no present: what is looked at lies on both sides of the
  /// watermark, ahead for codes that were shown and not used (RFC 4226 §7.4), and behind to tell those that were.
  func candidates(rules: VerificationRules, at now: UnixTime) -> [Int64] {
    if movingFactor == .counter {
      let next = (lastStep ?? -1) + 1, ahead = rules[.lookAhead]
      return Array((next - 1 - ahead...next + ahead).clamped(to: Device.steps))
    }
    let window = rules[.window], present = parameters.step(at: now)
    let expected = expectedStep(at: present)
    let near = present - window...present + window
    guard expected != present else { return Array(near) }
    let learned = (expected - window...expected + window).filter { !near.contains($0) }
    return expected < present ? learned + Array(near) : Array(near) + learned
  }

  /// The generator of the device's codes.
  func totp(keys: KeySet) throws(VerifierError) -> TOTP {
    let seed = try keys.openSeed(of: self)
    do throws(OATHError) { return try TOTP(secret: seed, parameters: parameters) } catch { throw .oath(error) }
  }

  /// Records that a code was accepted: learns drift, and notes the time.
  mutating func recordUse(of step: Int64, at now: UnixTime, driftLimit: Int64) {
    if movingFactor == .time { learn(accepted: step, at: parameters.step(at: now), driftLimit: driftLimit) }
    lastUsedAt = now
  }
}

extension TOTP {
  /// Whether `code` is the one of `step`; no code is that of a step before t0.
  mutating func matches(_ code: OneTimeCode, step: Int64) throws(VerifierError) -> Bool {
    do throws(OATHError) { return try self.code(step: step) == code } catch { throw .oath(error) }
  }
}
