// Learning: a device whose accepted codes lie twice in a row on one side of where they are expected is running that
// way, and its expected place moves one step. A slow typist, once late and once on time, moves nothing.
extension Device {
  /// The step that the device is expected to show when the verifier's clock is in step `present`.
  func expectedStep(at present: Int64) -> Int64 { present + drift }

  /// Takes note of an accepted step.
  mutating func learn(accepted step: Int64, at present: Int64, driftLimit: Int64) {
    let side = (step - expectedStep(at: present)).signum()
    let moved = drift + side
    if side != 0, side == lastSide, abs(moved - syncDrift) <= driftLimit { drift = moved }
    // Seen from the new expectation, so that one run of late codes is not counted twice.
    lastSide = (step - expectedStep(at: present)).signum()
  }
}
