/// The answer to a code.
public enum Verdict: Sendable, Equatable {
  /// Right and fresh; now spent.
  case accepted(Proof)
  /// The door stays shut.
  case rejected(Rejection)

  /// A code of a device was right.
  public static func accepted(device: Serial, step: Int64) -> Verdict { .accepted(.code(device: device, step: step)) }
}

/// What opened the door.
public enum Proof: Sendable, Equatable {
  /// A code of this device, the one of this step (or of this counter, for HOTP).
  case code(device: Serial, step: Int64)
  /// A recovery code; so many are left.
  case recoveryCode(remaining: Int)
}

/// Why a code was refused. Callers outside the trust boundary are told none of this.
public enum Rejection: Sendable, Equatable {
  /// It is the code of no step within the window.
  case wrongCode
  /// It is the code of a step that was spent or passed over.
  case reused
  /// Nothing was compared: the user is locked; seconds left, or nil until an administrator unlocks.
  case locked(retryAfter: Int64?)
  /// The user has no active device.
  case noDevice

  /// As scripts, REST and audit rows know it.
  public var word: String {
    switch self {
    case .wrongCode: "wrong_code"
    case .reused: "reused"
    case .locked: "locked"
    case .noDevice: "no_device"
    }
  }
}

/// The answer to two consecutive codes.
public enum SyncVerdict: Sendable, Equatable {
  /// Exactly one pair of steps fits; both codes are spent. `drift` is in steps, ahead of the verifier's clock.
  case accepted(device: Serial, step: Int64, drift: Int64)
  /// None fits, or several; nothing says which code was wrong.
  case refused
  /// Nothing was compared: the user is locked; seconds left, or nil until an administrator unlocks.
  case locked(retryAfter: Int64?)
  /// Nothing was compared: too many syncs of the device were refused in a row.
  case budgetSpent
}
