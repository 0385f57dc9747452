public import Directory
public import OATH
public import Verifier

/// Why a typed code opened nothing.
public enum TypedCodeRefusal: Sendable, Equatable {
  /// It is no code.
  case malformed
  /// It has another number of digits than the user's devices show.
  case wrongLength(count: Int, expected: [Digits])
  /// It is wrong, or was used already.
  case wrong
  /// Nothing was compared: the user is locked for so many seconds; nil until an administrator unlocks.
  case locked(wait: Int64?)
}

extension DirectoryService {
  /// Checks what a user typed: a code of one of their devices, or a recovery code.
  /// - Parameters:
  ///   - typed: the text, which may have spaces between groups of digits.
  ///   - user: whose code it should be.
  ///   - now: the service's clock.
  ///   - observe: told of the verdict.
  /// - Returns: nil for a code that was accepted.
  public func check(
    _ typed: String, of user: IAMUser, at now: UnixTime, observe: (Verdict, UnixTime) -> Void
  ) async throws -> TypedCodeRefusal? {
    let bytes = Array(typed.utf8), name = user.user.name, verdict: Verdict
    do {
      if RecoveryCode.isTyped(bytes.span) {
        verdict = try await verifier.verify(RecoveryCode(parsing: bytes.span), of: name, at: now)
      } else {
        verdict = try await verifier.verify(OneTimeCode(typed: typed), of: name, at: now)
      }
    } catch is OATHError {
      return TypedCodeRefusal(typed: typed, lengths: user.devices.map(\.parameters.digits))
    } catch VerifierError.wrongCodeLength(let expected) {
      return TypedCodeRefusal(typed: typed, lengths: expected)
    }
    observe(verdict, now)
    switch verdict {
    case .accepted: return nil
    case .rejected(.locked(let wait)): return .locked(wait: wait)
    case .rejected: return .wrong
    }
  }
}

extension TypedCodeRefusal {
  /// Explains why a text is no code.
  /// - Parameters:
  ///   - typed: the text.
  ///   - lengths: those of the user's devices.
  public init(typed: String, lengths: [Digits]) {
    guard let count = OneTimeCode.digitCount(typed: typed.utf8.span), count > 0, !lengths.isEmpty else {
      self = .malformed
      return
    }
    self = .wrongLength(count: count, expected: Set(lengths).sorted { $0.rawValue < $1.rawValue })
  }
}
