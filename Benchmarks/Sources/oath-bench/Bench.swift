import CFloors

/// Everything that can be asked for by name.
struct Bench: ~Copyable {
  static let names = [
    "fresh", "fresh-evp", "fresh-liboath", "step", "step-evp", "step-sha1", "scan", "scan-liboath", "verify",
  ]

  private var attempts: Attempts

  init(_ attempts: consuming Attempts) { self.attempts = attempts }

  /// How long `count` of it take.
  mutating func nanoseconds(of name: String, count: Int64) async throws -> Int64 {
    let clock = ContinuousClock(), start = clock.now
    _ = try await run(name, count)
    let elapsed = (clock.now - start).components
    return elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000
  }

  private mutating func run(_ name: String, _ count: Int64) async throws -> Int64 {
    switch name {
    case "fresh": try Codes.fresh(count)
    case "fresh-evp": try Codes.inC(floor_evp_fresh, count)
    case "fresh-liboath", "step-liboath": try Codes.inC(liboath_generate, count)
    case "step": try Codes.steps(count)
    case "step-evp": try Codes.inC(floor_evp_step, count)
    case "step-sha1": floor_sha1_pairs(Codes.firstStep, count)
    case "scan": try await attempts.resync(count)
    case "scan-liboath":
      try Codes.inC({ liboath_scan($0, $1, $2, Codes.reach, $3) }, count)
    case "verify": try await attempts.verify(count)
    default: throw Failure()
    }
  }
}
