import CFloors

/// Everything that can be asked for by name.
struct Bench: ~Copyable {
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
    case "fresh-liboath": try Codes.inC(liboath_generate, count)
    case "step": try Codes.steps(count)
    case "step-evp": try Codes.inC(floor_evp_step, count)
    case "step-sha1": floor_sha1_pairs(Codes.firstStep, count)
    case "scan": try await attempts.resync(count)
    case "scan-liboath": try scanWithLiboath(count)
    case "verify": try await attempts.verify(count)
    default: throw Failure()
    }
  }

  private func scanWithLiboath(_ count: Int64) throws -> Int64 {
    let found = try Codes.inC({ liboath_scan($0, $1, $2, Codes.reach, $3) }, count)
    // It stops where it finds one.
    guard found == 0 else { throw Failure() }
    return found
  }
}
