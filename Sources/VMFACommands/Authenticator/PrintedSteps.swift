internal import DurableFiles
internal import Foundation
internal import Interchange
internal import OATH

/// Remembers for each account the step whose code was printed last, so that `--fresh` never gives one twice. The files
/// hold numbers and no secret; they are a convenience, so a failure to write one stops nothing.
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

  /// Notes that the code of `time` was printed.
  func note(_ found: AccountArgument.Found, at time: UnixTime) {
    guard let path = found.id.flatMap(path), let step = step(of: found.account.factor, at: time) else { return }
    try? DurableFile.makeFolder(at: DurableFile.parent(of: path))
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(String(step).utf8), attributes: [.posixPermissions: 0o600])
  }

  /// Waits until the clock is past the step that was printed last.
  func waitForFreshStep(of found: AccountArgument.Found) async throws {
    guard let path = found.id.flatMap(path), let text = try? String(contentsOfFile: path, encoding: .utf8),
      let printed = Int64(text)
    else { return }
    while case let now = try console.now(), let left = found.account.factor.secondsRemaining(at: now),
      step(of: found.account.factor, at: now) == printed
    {
      console.say("vmfa: this code was printed before; the next one comes in \(left) s")
      try await Task.sleep(for: .seconds(left))
    }
  }
}
