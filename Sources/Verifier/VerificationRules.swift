/// The numbers that every door reads from the store, so that replicas and commands cannot differ in them.
public struct VerificationRules: Sendable, Equatable {
  /// One number, under the name by which it is stored and set.
  public enum Setting: String, Sendable, CaseIterable {
    case window
    case lookAhead = "look-ahead"
    case driftLimit = "drift-limit"
    case enableReach = "enable-reach"
    case selfResyncReach = "self-resync-reach"
    case resyncReach = "resync-reach"
    case syncBudget = "sync-budget"
    case throttle
    case lockAfter = "lock-after"
    case lockBase = "lock-base"
    case lockMaximum = "lock-max"
    case disableAfter = "disable-after"
  }

  private var values: [Setting: Int64] = [:]

  /// The defaults of every setting.
  public init() {}

  /// NIST SP 800-63B §5.2.2 and OWASP ASVS: locks that double from the fifth failure, an administrator after the 100th.
  public static let standard = VerificationRules()

  /// PCI DSS 8.3.4: locked for 30 minutes after 10 failures.
  public static let pciDSS: VerificationRules = {
    var rules = VerificationRules()
    rules.values[.lockAfter] = 10
    rules.values[.lockBase] = 1800
    rules.values[.lockMaximum] = 1800
    return rules
  }()

  /// The value of a setting, in its ``Setting/unit``.
  public subscript(setting: Setting) -> Int64 { values[setting] ?? setting.standard }

  /// - Throws: ``VerifierError/invalidRule(_:)`` outside ``Setting/range``.
  public mutating func set(_ setting: Setting, to value: Int64) throws(VerifierError) {
    guard setting.range.contains(value) else {
      throw .invalidRule(
        "\(setting.rawValue) is \(setting.range.lowerBound) to \(setting.range.upperBound), not \(value)")
    }
    values[setting] = value
  }

  /// Equal when every setting is.
  public static func == (a: VerificationRules, b: VerificationRules) -> Bool {
    Setting.allCases.allSatisfy { a[$0] == b[$0] }
  }
}

extension VerificationRules.Setting {
  /// What holds until it is set.
  public var standard: Int64 {
    switch self {
    case .window: 1
    case .lookAhead, .driftLimit, .enableReach, .syncBudget: 10
    case .selfResyncReach: 120
    case .resyncReach: 2880
    case .throttle: 1
    case .lockAfter: 5
    case .lockBase: 1
    case .lockMaximum: 900
    case .disableAfter: 100
    }
  }

  /// The values that are taken.
  public var range: ClosedRange<Int64> {
    switch self {
    case .window: 0...10
    case .lookAhead: 0...100
    case .driftLimit: 0...120
    case .enableReach, .selfResyncReach, .resyncReach: 1...20160
    case .syncBudget, .lockAfter, .disableAfter: 1...1_000_000
    case .throttle: 0...1
    case .lockBase, .lockMaximum: 1...86400
    }
  }

  /// What is counted.
  public var unit: String {
    switch self {
    case .window, .lookAhead, .driftLimit, .enableReach, .selfResyncReach, .resyncReach: "steps"
    case .syncBudget, .lockAfter, .disableAfter: "failures"
    case .throttle: "1 is on, 0 is off"
    case .lockBase, .lockMaximum: "seconds"
    }
  }

  /// What the setting does, in a line.
  public var meaning: String {
    switch self {
    case .window: "how far a code may lie from the expected step"
    case .lookAhead: "how many codes of a counter may have been shown and not used"
    case .driftLimit: "how far learned drift may go from the drift of the last sync"
    case .enableReach: "how far a pair may lie from the present when a device is enabled"
    case .selfResyncReach: "the same for a user's own resync"
    case .resyncReach: "the same for an administrator's resync"
    case .syncBudget: "refused syncs in a row after which a device syncs no more"
    case .throttle: "whether failures lock"
    case .lockAfter: "the failure from which on a user is locked"
    case .lockBase: "how long the first lock lasts; each further failure doubles it"
    case .lockMaximum: "the longest lock"
    case .disableAfter: "the failure at which only an administrator unlocks"
    }
  }
}
