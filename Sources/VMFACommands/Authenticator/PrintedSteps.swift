internal import DurableFiles
internal import Foundation
internal import Interchange
internal import OATH

/// Remembers for each account the step whose code was shown last, so that `--fresh` never gives one twice. The files
/// hold numbers and no secret; they are a convenience, so a failure to write one stops nothing, and `--fresh` says so.
struct PrintedSteps {
  let console: Console

  private func path(_ id: String) -> String? {
    // Ids come from the vault: only what looks like a UUID becomes the name of a file.
    guard id.allSatisfy({ $0.isHexDigit || $0 == "-" }), let folder = console.stateFolder else { return nil }
    return "\(folder)/vmfa/printed/\(id)"
  }

  private func step(of factor: OTPAuthURI.Factor, at time: UnixTime) -> Int64? {
    factor.period.map { time.seconds / $0 }
  }

  /// Notes that the code of `time`, or of so many steps after it, was shown.
  func note(_ found: AccountArgument.Found, at time: UnixTime, offset: Int64 = 0) {
    guard let path = found.id.flatMap(path), let step = step(of: found.account.factor, at: time) else { return }
    _ = locked(path) { write(max(step + offset, printed(path, about: step) ?? 0), to: path) }
  }

  /// Waits until the clock is past every step whose code was shown, and takes the one that has come then: of several that
  /// wait, each has one of its own.
  /// - Returns: the moment whose code nobody has seen.
  func takeFreshStep(of found: AccountArgument.Found) async throws -> UnixTime {
    while true {
      let now = try console.now()
      guard let left = secondsToWait(for: found, at: now) else { return now }
      console.say("vmfa: this code was printed before; the next one comes in \(left) s")
      try await Task.sleep(for: .seconds(left))
    }
  }

  /// Takes back that the code of `time` was shown, unless a later one was.
  func giveBack(_ found: AccountArgument.Found, at time: UnixTime) {
    guard let path = found.id.flatMap(path), let step = step(of: found.account.factor, at: time) else { return }
    locked(path) { if printed(path, about: step) == step { try? FileManager.default.removeItem(atPath: path) } }
  }

  /// - Returns: nil where the present step is fresh; it is noted as printed then.
  private func secondsToWait(for found: AccountArgument.Found, at now: UnixTime) -> Int64? {
    guard let id = found.id, let period = found.account.factor.period else { return nil }
    let present = now.seconds / period
    guard let path = path(id) else {
      warn()
      return nil
    }
    return locked(path) {
      if let printed = printed(path, about: present) { return (printed + 1) * period - now.seconds }
      if !write(present, to: path) { warn() }
      return nil
    }
  }

  private func warn() {
    console.warn("it cannot be noted that this code was printed (XDG_STATE_HOME): --fresh may give it once more")
  }

  /// The step that was printed last, if it is this one or the next: what is later was noted by another clock.
  private func printed(_ path: String, about step: Int64) -> Int64? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), let printed = Int64(text) else { return nil }
    return (step...step + 1).contains(printed) ? printed : nil
  }

  private func locked<R>(_ path: String, _ body: () -> R) -> R {
    try? DurableFile.makeFolder(at: DurableFile.parent(of: path))
    let lock = try? FileLock(beside: path)
    return withExtendedLifetime(lock, body)
  }

  private func write(_ step: Int64, to path: String) -> Bool {
    FileManager.default.createFile(
      atPath: path, contents: Data(String(step).utf8), attributes: [.posixPermissions: 0o600])
  }
}
