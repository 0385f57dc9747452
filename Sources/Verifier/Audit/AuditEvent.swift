package import OATH

/// Something that happened: what an audit row tells. Never a code, a seed or a passphrase.
public struct AuditEvent: Sendable, Equatable {
  /// What happened; AWS's name for it where AWS has one.
  public struct Name: RawRepresentable, Sendable, Hashable {
    /// As it is stored.
    public let rawValue: String
    /// A name as it was stored.
    public init(rawValue: String) { self.rawValue = rawValue }
  }

  /// How it ended.
  public struct Outcome: RawRepresentable, Sendable, Hashable {
    /// As it is stored.
    public let rawValue: String
    /// An outcome as it was stored.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A code or a pair was right.
    public static let accepted = Outcome(rawValue: "accepted")
    /// It was not.
    public static let rejected = Outcome(rawValue: "rejected")
    /// What was asked for was done.
    public static let done = Outcome(rawValue: "done")
  }

  /// When, in Unix seconds.
  public let time: Int64
  /// What.
  public let name: Name
  /// How it ended.
  public let outcome: Outcome
  /// Why, in a word, or what was changed.
  public let reason: String?
  /// The user that it was about; empty for none.
  public let user: String
  /// The serial of the device that it was about.
  public let device: String?

  package init(
    time: Int64, name: Name, outcome: Outcome, reason: String? = nil, user: String = "", device: String? = nil
  ) {
    self.time = time
    self.name = name
    self.outcome = outcome
    self.reason = reason
    self.user = user
    self.device = device
  }

  package init(
    _ name: Name, at time: UnixTime, _ outcome: Outcome = .done, reason: String? = nil, user: UserName? = nil,
    device: Serial? = nil
  ) {
    self.init(
      time: time.seconds, name: name, outcome: outcome, reason: reason, user: user?.text ?? "", device: device?.text)
  }
}

extension AuditEvent.Name {
  /// A code was tried.
  public static let verifyCode = Self(rawValue: "VerifyCode")
  /// A recovery code was tried.
  public static let verifyRecoveryCode = Self(rawValue: "VerifyRecoveryCode")
  /// An answer that was given before was asked for again.
  public static let repeatAnswer = Self(rawValue: "RepeatAnswer")
  /// Failures locked a user.
  public static let lockUser = Self(rawValue: "LockUser")
  /// An administrator unlocked a user.
  public static let unlockUser = Self(rawValue: "UnlockUser")
  /// A user was made.
  public static let createUser = Self(rawValue: "CreateUser")
  /// A user was removed with all that was theirs.
  public static let deleteUser = Self(rawValue: "DeleteUser")
  /// A device was made.
  public static let createDevice = Self(rawValue: "CreateVirtualMFADevice")
  /// A device came from another program, or from another database.
  public static let importDevice = Self(rawValue: "ImportVirtualMFADevice")
  /// Devices and their seeds were exported.
  public static let exportDevices = Self(rawValue: "ExportVirtualMFADevices")
  /// The first two codes of a device.
  public static let enableDevice = Self(rawValue: "EnableMFADevice")
  /// Two codes of a device that is enabled.
  public static let resyncDevice = Self(rawValue: "ResyncMFADevice")
  /// A device was taken from its user.
  public static let deactivateDevice = Self(rawValue: "DeactivateMFADevice")
  /// A device was removed.
  public static let deleteDevice = Self(rawValue: "DeleteVirtualMFADevice")
  /// New recovery codes voided the old ones.
  public static let createRecoveryCodes = Self(rawValue: "CreateRecoveryCodes")
  /// Scratch codes came with a device from another program.
  public static let importRecoveryCodes = Self(rawValue: "ImportRecoveryCodes")
  /// A setting was changed.
  public static let updateRules = Self(rawValue: "UpdateVerificationRules")
  /// A new data key, a new master key, or the end of a rotation.
  public static let rotateKey = Self(rawValue: "RotateKey")
}

/// On whose behalf something is done, and where the wish came from; for the audit rows.
public struct RequestContext: Sendable, Equatable {
  /// Who asked: a user, an administrator, a program.
  public let actor: String
  /// The network address that the request came from.
  public let source: String?
  /// By what the request is found again in logs.
  public let requestID: String?

  /// Text is cut at 256 characters, and control characters are replaced: it may come from anybody.
  public init(actor: String = "", source: String? = nil, requestID: String? = nil) {
    self.actor = Self.clean(actor)
    self.source = source.map(Self.clean)
    self.requestID = requestID.map(Self.clean)
  }

  /// What was stored, as it stands: a row that was edited is to be seen as it is.
  package init(storedActor: String, source: String?, requestID: String?) {
    actor = storedActor
    self.source = source
    self.requestID = requestID
  }

  private static func clean(_ text: String) -> String {
    if text.utf8.count <= 256, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(256).map { scalar in
          scalar.properties.generalCategory == .control ? "?" : scalar
        }))
  }
}
