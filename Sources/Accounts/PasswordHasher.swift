internal import Foundation
internal import OpenSSLCrypto
internal import Verifier

/// Runs password hashes on threads of their own, a few at a time: each takes 32 MiB and a good part of a core.
final class PasswordHasher: Sendable {
  static let shared = PasswordHasher()

  // OperationQueue is safe to use from any thread.
  private let queue: OperationQueue

  private init() {
    queue = OperationQueue()
    queue.name = "password hashes"
    queue.maxConcurrentOperationCount = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
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
    let result: Result<R, CryptoError> = await withCheckedContinuation { continuation in
      queue.addOperation {
        continuation.resume(returning: Result { () throws(CryptoError) in try work() })
      }
    }
    do throws(CryptoError) { return try result.get() } catch { throw .verifier(.crypto(error)) }
  }
}
