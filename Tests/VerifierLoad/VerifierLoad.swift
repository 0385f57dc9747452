import Foundation
import OATH
import OpenSSLCrypto
import Synchronization
import Verifier
import StorePostgreSQL
import StoreSQLite

// A login service without a door: it does what the lines of standard input say, for the tests of races, crashes and
// restarts, which start several of it and kill them.
//
//   verifier-load DATABASE        sqlite:PATH or postgresql://…
//
//   setup FIRST COUNT             imports the devices of users u0, u1, …          -> done COUNT SECONDS
//   race N USER STEP              the code of a step, N times at once              -> accepted A rejected R errors E
//   guess N USER                  N wrong codes at once                            -> accepted A rejected R errors E
//   load USERS CALLERS STEP       right codes, from that step on, until the end of standard input or a kill;
//                                 each answer is told once it is there             -> + USER STEP | ! ERROR
//   time USERS CALLERS COUNT STEP so many right codes, each caller's of users of its own, from that step on
//                                                              -> accepted A median MICROSECONDS rate N rss KIB
//   codes USERS                   their codes of this moment                       -> USER CODE
//   image PATH                    looks at a database of SQLite's that a loss of power left, closed by everybody
//                                                              -> {"problems":[…],"steps":{USER:STEP}}
//   replay                        then lines USER STEP, then `end`                 -> accepted A rejected R errors E
//
// Each has two verifiers on the database, as two replicas have. VERIFIER_LOAD_FRAMES is how long a log of SQLite's is that
// is carried over, where that is not the usual length. PostgreSQL is waited for longer than by a service, since a hundred of
// these may want one row.
@main struct VerifierLoad {
  let verifiers: [Verifier]

  static func main() async throws {
    LibraryCleanup.leaveToSystem()
    let url = CommandLine.arguments[1]
    var verifiers: [Verifier] = []
    for _ in 0..<2 {
      let store: any DeviceStore =
        url.hasPrefix("sqlite:")
        ? try await SQLiteStore.open(
          String(url.dropFirst(7)), .creatingIfMissing,
          carryingOver: ProcessInfo.processInfo.environment["VERIFIER_LOAD_FRAMES"].flatMap { Int($0) })
        : try await PostgreSQLStore.open(
          url, .creatingIfMissing, connections: 8, answerTimeout: 60, lockTimeout: 30)
      let keys = try await KeyRing(opening: store) { () throws(VerifierError) in
        SharedMasterKey(try MasterKeyFile.read(ProcessInfo.processInfo.environment["VMFA_KEY_FILE"] ?? ""))
      }
      verifiers.append(Verifier(store: store, keys: keys))
    }
    try await VerifierLoad(verifiers: verifiers).run()
  }

  private func run() async throws {
    say("ready")
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init), numbers = words.map { Int($0) ?? 0 }
      switch words.first {
      case "setup": try await setUp(first: numbers[1], count: numbers[2])
      case "race":
        let code = try Self.code(words[2], Int64(numbers[3])), time = Self.time(Int64(numbers[3]))
        await tell(attempts(numbers[1]) { try await $0.verify(code, of: UserName(words[2]), at: time) })
      case "guess":
        let wrong = try OneTimeCode(parsing: "000000"), time = Self.time(1)
        await tell(attempts(numbers[1]) { try await $0.verify(wrong, of: UserName(words[2]), at: time) })
      case "load": await load(users: numbers[1], callers: numbers[2], from: Int64(numbers[3]))
      case "time": try await time(users: numbers[1], callers: numbers[2], count: numbers[3], from: Int64(numbers[4]))
      case "codes": try codes(users: numbers[1])
      case "image": try await look(at: words[1])
      case "replay": await replay()
      default: say("unknown")
      }
    }
  }

  /// Whole lines at once, and at once: whoever kills this program wants to know what it had answered.
  private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private static func seed(_ user: String) -> [UInt8] { Array((user + "--------------------").utf8.prefix(20)) }
  private static func time(_ step: Int64) -> UnixTime { .epoch.advanced(by: 30 * step + 5) }
  private static func code(_ user: String, _ step: Int64) throws -> OneTimeCode {
    let seed = seed(user)
    var totp = try TOTP(secret: SecretBytes(copying: seed.span))
    guard let code = try totp.code(step: step) else { throw VerifierError.corruptRecord("a step") }
    return code
  }

  private func codes(users: Int) throws {
    let step = Int64(Date().timeIntervalSince1970) / 30
    for index in 0..<users { say("u\(index) \(try Self.code("u\(index)", step).digits)") }
    say("done")
  }

  private func setUp(first: Int, count: Int) async throws {
    let began = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in first..<first + count {
        if index - first >= 256 { try await group.next() }
        group.addTask {
          let user = "u\(index)"
          let device = ForeignDevice(
            user: try UserName(user), issuer: "load", parameters: .standard,
            seed: SharedSecret(SecretBytes(copying: Self.seed(user).span)))
          _ = try await verifiers[index % 2].importDevice(device, at: Self.time(0))
        }
      }
      try await group.waitForAll()
    }
    say("done \(count) \((ContinuousClock.now - began).components.seconds)")
  }

  private func attempts(
    _ count: Int, _ attempt: @escaping @Sendable (Verifier) async throws -> Verdict
  ) async -> [Result<Verdict, any Error>] {
    await withTaskGroup(of: Result<Verdict, any Error>.self) { group in
      for index in 0..<count {
        group.addTask {
          do { return .success(try await attempt(verifiers[index % 2])) } catch { return .failure(error) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func tell(_ results: [Result<Verdict, any Error>]) {
    var accepted = 0, rejected = 0, errors = 0
    for result in results {
      switch result {
      case .success(.accepted): accepted += 1
      case .success(.rejected): rejected += 1
      case .failure(let error):
        errors += 1
        FileHandle.standardError.write(Data("\(error)\n".utf8))
      }
    }
    say("accepted \(accepted) rejected \(rejected) errors \(errors)")
  }

  /// Each caller has users of its own and goes from step to step with them.
  private func load(users: Int, callers: Int, from first: Int64) async {
    let isOver = Flag()
    await withTaskGroup { group in
      for caller in 0..<callers {
        group.addTask {
          var step = first
          while !isOver.isSet {
            for index in stride(from: caller, to: users, by: callers) where !isOver.isSet {
              await spend("u\(index)", step)
            }
            step += 3
          }
        }
      }
      group.addTask {
        await withCheckedContinuation { continuation in
          Thread.detachNewThread {
            while readLine() != nil {}
            isOver.set()
            continuation.resume()
          }
        }
      }
    }
  }

  private func spend(_ user: String, _ step: Int64) async {
    do {
      let verifier = verifiers[Int(step) % 2]
      let verdict = try await verifier.verify(Self.code(user, step), of: UserName(user), at: Self.time(step))
      if case .accepted = verdict { say("+ \(user) \(step)") }
    } catch {
      say("! \(error)")
      // So that a server that is gone is not asked all the time.
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  private func time(users: Int, callers: Int, count: Int, from first: Int64) async throws {
    let began = ContinuousClock.now
    let attempts: [(time: Duration, isAccepted: Bool)] = try await withThrowingTaskGroup { group in
      for caller in 0..<callers {
        group.addTask {
          var attempts: [(Duration, Bool)] = []
          for turn in 0..<count / callers {
            let user = "u\(caller + callers * Int.random(in: 0..<users / callers))", step = first + 3 * Int64(turn)
            let code = try Self.code(user, step), name = try UserName(user), start = ContinuousClock.now
            let verdict = try await verifiers[0].verify(code, of: name, at: Self.time(step))
            let isAccepted = if case .accepted = verdict { true } else { false }
            attempts.append((ContinuousClock.now - start, isAccepted))
          }
          return attempts
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let times = attempts.map(\.time), accepted = attempts.count { $0.isAccepted }
    let elapsed = ContinuousClock.now - began, sorted = times.sorted()
    let median = sorted[sorted.count / 2]
    let rate =
      Double(times.count) / (Double(elapsed.components.attoseconds) / 1e18 + Double(elapsed.components.seconds))
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }?.split(separator: " ")[1] ?? "?"
    say(
      "accepted \(accepted) median \(median.components.attoseconds / 1_000_000_000_000) rate \(Int(rate)) rss \(resident)"
    )
  }

  private func replay() async {
    var results: [Result<Verdict, any Error>] = []
    while let line = readLine(), line != "end" {
      let words = line.split(separator: " ").map(String.init), step = Int64(words[1]) ?? 0
      results += await attempts(1) { verifier in
        try await verifier.verify(Self.code(words[0], step), of: UserName(words[0]), at: Self.time(step))
      }
    }
    tell(results)
  }
}

/// What is found in a database after a loss of power.
private struct Image: Encodable {
  var problems: [String] = []
  /// The last step that each user has spent.
  var steps: [String: Int64] = [:]
}

extension VerifierLoad {
  private func look(at path: String) async throws {
    var image = Image()
    do {
      let store = try await SQLiteStore.open(path, .existing)
      try await look(at: store, &image)
      await store.close()
    } catch { image.problems.append("\(error)") }
    say(String(decoding: try JSONEncoder().encode(image), as: UTF8.self))
  }

  private func look(at store: SQLiteStore, _ image: inout Image) async throws {
    let keys = try await KeyRing(opening: store) { () throws(VerifierError) in
      SharedMasterKey(try MasterKeyFile.read(ProcessInfo.processInfo.environment["VMFA_KEY_FILE"] ?? ""))
    }
    let verifier = Verifier(store: store, keys: keys)
    image.problems += try await verifier.checkDatabase().problems.map { "\($0)" }
    image.problems += try await verifier.verifyAudit().findings.map { "\($0)" }
    for device in try await store.devices(DeviceQuery(limit: 1000)).items {
      image.steps[device.user.text] = device.lastStep
    }
    // That a step is spent is more than a number: its code is refused.
    for (user, step) in image.steps.prefix(2) where step > 0 {
      let verdict = try await verifier.verify(Self.code(user, step), of: UserName(user), at: Self.time(step))
      if verdict != .rejected(.reused) { image.problems.append("\(user): the code of step \(step) is \(verdict)") }
    }
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
