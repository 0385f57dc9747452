public import OATH

/// An answer to a code, and whether it was given before.
public struct Attempt: Sendable, Equatable {
  /// The answer.
  public let verdict: Verdict
  /// Whether the request id came with this code before: then nothing was compared, counted or spent.
  public let isRepeated: Bool
}

extension Verifier {
  /// Checks one code for a caller who is not told which users there are: a missing user is answered like one without a
  /// device, by the same transaction with the same audit row.
  /// - Parameters: as ``verify(_:of:on:requestID:at:)`` has them.
  /// - Throws: ``VerifierError/wrongCodeLength(expected:)``, ``VerifierError/requestIDTaken``, and what prevents an answer.
  public func attempt(
    _ code: OneTimeCode, by user: UserName, requestID: String? = nil, at now: UnixTime
  ) async throws(VerifierError) -> Attempt {
    try await attempt(by: user, requestID, with: { code.digits }, at: now) { state, keys throws(VerifierError) in
      if let verdict = state.rejectMissingUser(user, trying: .verifyCode, at: now) { return verdict }
      return try CodeCheck.decide(&state, code: code, user: user, at: now, keys: keys)
    }
  }

  /// The same for a recovery code.
  public func attempt(
    _ code: consuming RecoveryCode, by user: UserName, requestID: String? = nil, at now: UnixTime
  ) async throws(VerifierError) -> Attempt {
    let code = SharedRecoveryCode(code)
    return try await attempt(by: user, requestID, with: { code.code.shown }, at: now) {
      state, keys throws(VerifierError) in
      if let verdict = state.rejectMissingUser(user, trying: .verifyRecoveryCode, at: now) { return verdict }
      return try RecoveryCheck.decide(&state, code: code.code, user: user, at: now, keys: keys)
    }
  }

  /// One transaction that decides on a code, unless its request id was answered before.
  /// - Parameter text: the code in its one spelling, which request ids are kept with.
  func attempt(
    by user: UserName, _ requestID: String?, with text: @escaping @Sendable () -> String, at now: UnixTime,
    decide: @escaping @Sendable (inout UnitState, KeySet) throws(VerifierError) -> Verdict
  ) async throws(VerifierError) -> Attempt {
    let outcome = try await transact(.user(user), at: now) { state, keys throws(VerifierError) in
      guard let requestID else { return KeptAnswers.Outcome.decided(try decide(&state, keys)) }
      return try state.answer(requestID, code: text(), at: now, keys: keys) { state throws(VerifierError) in
        try decide(&state, keys)
      }
    }
    switch outcome {
    case .decided(let verdict): return Attempt(verdict: verdict, isRepeated: false)
    case .repeated(let verdict): return Attempt(verdict: verdict, isRepeated: true)
    case .requestIDTaken: throw .requestIDTaken
    }
  }
}

extension UnitState {
  /// Records the attempt of a user who is not there, as that of one without a device.
  /// - Returns: nil for a user who is there.
  fileprivate mutating func rejectMissingUser(
    _ name: UserName, trying event: AuditEvent.Name, at now: UnixTime
  ) -> Verdict? {
    guard user == nil else { return nil }
    let verdict = Verdict.rejected(.noDevice)
    record(verdict, to: event, of: name, at: now)
    return verdict
  }
}
