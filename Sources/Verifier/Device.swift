public import OATH

/// A virtual MFA device as the verifier knows it.
public struct Device: Sendable, Equatable {
  /// Where a device stands.
  public enum Status: String, Sendable, CaseIterable {
    /// Created, or taken from its user again; its codes open nothing.
    case unassigned
    /// Its codes are verified.
    case active
    /// Its user failed too often; active again once an administrator unlocks it.
    case disabled
  }

  /// What moves the codes of a device on (RFC 4226 §5.1, RFC 6238 §4).
  public enum MovingFactor: String, Sendable, CaseIterable {
    /// TOTP: a step is a period of time.
    case time
    /// HOTP: a step is one more code. Such devices are imported, not enrolled.
    case counter
  }

  /// What stays as it was made, behind one reference: devices are handed about, and nearly all of one is this.
  private final class Registration: Sendable, Equatable {
    let id: DeviceID
    let serial: Serial
    let issuer: String
    let movingFactor: MovingFactor
    let parameters: TOTPParameters
    let createdAt: UnixTime

    init(
      _ id: DeviceID, _ serial: Serial, _ issuer: String, _ movingFactor: MovingFactor, _ parameters: TOTPParameters,
      _ createdAt: UnixTime
    ) {
      self.id = id
      self.serial = serial
      self.issuer = issuer
      self.movingFactor = movingFactor
      self.parameters = parameters
      self.createdAt = createdAt
    }

    static func == (a: Registration, b: Registration) -> Bool {
      a === b
        || (a.id, a.serial, a.issuer, a.movingFactor, a.parameters, a.createdAt)
          == (b.id, b.serial, b.issuer, b.movingFactor, b.parameters, b.createdAt)
    }
  }

  private let registration: Registration

  /// For good.
  public var id: DeviceID { registration.id }
  /// Unique; holds the name.
  public var serial: Serial { registration.serial }
  /// Whose it is, or is meant to be while it is unassigned.
  public package(set) var user: UserName
  /// As the authenticator shows it.
  public var issuer: String { registration.issuer }
  /// What moves its codes on.
  public var movingFactor: MovingFactor { registration.movingFactor }
  /// Algorithm, digits, and, for what time moves on, period and t0.
  public var parameters: TOTPParameters { registration.parameters }
  /// The seed under a data key.
  public package(set) var seed: SealedSecret
  /// Where it stands.
  public package(set) var status: Status
  /// The watermark: the highest step ever accepted. Nothing at or below it is accepted again.
  public package(set) var lastStep: Int64?
  /// Steps that the device was ahead at its last sync.
  public package(set) var syncDrift: Int64
  /// Steps that it is taken to be ahead now; learned, and never far from ``syncDrift``.
  public package(set) var drift: Int64
  /// On which side of its expected step the last accepted code lay: -1, 0 or 1.
  public package(set) var lastSide: Int64
  /// Syncs refused in a row.
  public package(set) var syncFailures: Int
  /// When it was created.
  public var createdAt: UnixTime { registration.createdAt }
  /// When it was enabled, if it is.
  public package(set) var enabledAt: UnixTime?
  /// When a code or a pair of it was last accepted.
  public package(set) var lastUsedAt: UnixTime?

  package init(
    id: DeviceID, serial: Serial, user: UserName, issuer: String, movingFactor: MovingFactor = .time,
    parameters: TOTPParameters, seed: SealedSecret,
    status: Status = .unassigned, lastStep: Int64? = nil, syncDrift: Int64 = 0, drift: Int64 = 0, lastSide: Int64 = 0,
    syncFailures: Int = 0, createdAt: UnixTime, enabledAt: UnixTime? = nil, lastUsedAt: UnixTime? = nil
  ) {
    registration = Registration(id, serial, issuer, movingFactor, parameters, createdAt)
    self.user = user
    self.seed = seed
    self.status = status
    self.lastStep = lastStep
    self.syncDrift = syncDrift
    self.drift = drift
    self.lastSide = lastSide
    self.syncFailures = syncFailures
    self.enabledAt = enabledAt
    self.lastUsedAt = lastUsedAt
  }

  /// Steps and counters that are taken: far beyond any clock or token, far inside what arithmetic on them can hold.
  package static let steps: ClosedRange<Int64> = 0...(1 << 53)

  /// Whether somebody showed codes of it, and has it: such a device is active, or locked.
  public var isAssigned: Bool { status != .unassigned }

  /// The order of a user's devices.
  package static func isOlder(_ a: Device, than b: Device) -> Bool { (a.createdAt, a.serial) < (b.createdAt, b.serial) }

  /// The newest moment that the record speaks of.
  var newestRecord: UnixTime { max(createdAt, enabledAt ?? createdAt, lastUsedAt ?? createdAt) }
}
