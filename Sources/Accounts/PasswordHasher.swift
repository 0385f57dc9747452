internal import Dispatch
internal import Foundation
internal import OpenSSLCrypto
internal import Verifier

/// Runs password hashes on threads of their own, a few at a time: each takes 32 MiB and a good part of a core.
///
/// Callers wait in a bounded line. ``AccountError/busy`` tells the one too many, before any hash is computed. A caller whose
/// task is cancelled gives up its place.
final class PasswordHasher: Sendable {
  static let shared = PasswordHasher()

  private let threads = DispatchQueue(label: "password hashes", attributes: .concurrent)
  private let line: HashingLine

  private init() {
    // A second or two's worth of hashes.
    let width = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
    line = HashingLine(width: width, length: 20 * width)
  }

  func hash(_ password: SharedSecret) async throws(AccountError) -> String {
    try await run { () throws(CryptoError) in try PasswordHash(hashing: password.bytes).text }
  }

  /// Whether `password` is the one of any of these PHC strings. All are tried.
  func matches(_ password: SharedSecret, anyOf hashes: [String]) async throws(AccountError) -> Bool {
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
  ) async throws(AccountError) -> R {
    do throws(HashingLine.Refusal) { try await line.enter() } catch { throw .busy }
    defer { line.leave() }
    let result: Result<R, CryptoError> = await withCheckedContinuation { continuation in
      threads.async { continuation.resume(returning: Result { () throws(CryptoError) in try work() }) }
    }
    do throws(CryptoError) { return try result.get() } catch { throw .verifier(.crypto(error)) }
  }
}
