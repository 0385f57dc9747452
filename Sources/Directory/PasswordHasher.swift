internal import Dispatch
internal import Foundation
internal import OpenSSLCrypto
internal import Verifier

/// Runs password hashes on threads of their own, a few at a time: each takes 32 MiB and a good part of a core.
///
/// Callers wait in a bounded line. ``DirectoryError/busy`` tells the one too many, before any hash is computed. A caller whose
/// task is cancelled gives up its place.
package final class PasswordHasher: Sendable {
  /// The one of the process: all services that run in it share its cores.
  package static let shared = PasswordHasher(
    cost: .current, width: max(1, ProcessInfo.processInfo.activeProcessorCount / 2))

  private let threads = DispatchQueue(label: "password hashes", attributes: .concurrent)
  private let line: HashingLine
  /// The cost of new hashes. A hash of another cost is renewed when its password is typed.
  let cost: PasswordHash.Cost

  /// - Parameter width: how many hashes are computed at a time. Twenty times as many wait: a second or two's worth.
  init(cost: PasswordHash.Cost, width: Int) {
    self.cost = cost
    line = HashingLine(width: width, length: 20 * width)
  }

  /// A hasher whose hashes cost next to nothing, for tests that are not about them.
  package static func cheap() -> PasswordHasher { PasswordHasher(cost: .init(ln: 4, r: 8, p: 1), width: 100) }

  /// A hash that no password is known to fit, and that takes as long as any other.
  var nobodysHash: String {
    "$scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)$AAAAAAAAAAAAAAAAAAAAAA$" + String(repeating: "A", count: 43)
  }

  func hash(_ password: SharedSecret) async throws(DirectoryError) -> String {
    try await run { () throws(CryptoError) in try PasswordHash(hashing: password.bytes, cost: self.cost).text }
  }

  /// Whether `password` is the one of any of these PHC strings. All are tried.
  func matches(_ password: SharedSecret, anyOf hashes: [String]) async throws(DirectoryError) -> Bool {
    try await run { () throws(CryptoError) in
      var isFound = false
      for text in hashes {
        guard let hash = PasswordHash(parsing: text) else { continue }
        if try hash.matches(password.bytes) { isFound = true }
      }
      return isFound
    }
  }

  private func run<R: Sendable>(
    _ work: @escaping @Sendable () throws(CryptoError) -> R
  ) async throws(DirectoryError) -> R {
    do throws(HashingLine.Refusal) { try await line.enter() } catch { throw .busy }
    defer { line.leave() }
    let result: Result<R, CryptoError> = await withCheckedContinuation { continuation in
      threads.async { continuation.resume(returning: Result { () throws(CryptoError) in try work() }) }
    }
    do throws(CryptoError) { return try result.get() } catch { throw .verifier(.crypto(error)) }
  }
}
