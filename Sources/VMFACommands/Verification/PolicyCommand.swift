internal import ArgumentParser
internal import Verifier

/// `vmfa policy`.
struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "The numbers behind every answer, kept in the database.",
    subcommands: [PolicyShowCommand.self, PolicySetCommand.self])
}

/// `vmfa policy show`.
struct PolicyShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the policy in force.")

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    try Console.current.printPolicy(await options.session().store.policy(), json: json)
  }
}

/// `vmfa policy set`.
struct PolicySetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change the policy; it holds from the next attempt on, at every door.")

  @Option(help: "Start from a preset.")
  var preset: Preset?

  @Option(help: ArgumentHelp("\(Policy.Setting.window.help)", valueName: "steps"))
  var window: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.lookAhead.help)", valueName: "steps"))
  var lookAhead: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.driftLimit.help)", valueName: "steps"))
  var driftLimit: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.enableReach.help)", valueName: "steps"))
  var enableReach: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.selfResyncReach.help)", valueName: "steps"))
  var selfResyncReach: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.resyncReach.help)", valueName: "steps"))
  var resyncReach: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.syncBudget.help)", valueName: "failures"))
  var syncBudget: Int64?
  @Option(help: "Whether failures lock at all; they are counted in any case.")
  var throttle: Switch?
  @Option(help: ArgumentHelp("\(Policy.Setting.lockAfter.help)", valueName: "failures"))
  var lockAfter: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.lockBase.help)", valueName: "seconds"))
  var lockBase: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.lockMaximum.help)", valueName: "seconds"))
  var lockMax: Int64?
  @Option(help: ArgumentHelp("\(Policy.Setting.disableAfter.help)", valueName: "failures"))
  var disableAfter: Int64?

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the policy then in force as a JSON object.")
  var json = false

  enum Preset: String, ExpressibleByArgument, CaseIterable {
    case standard = "default"
    case pciDSS = "pci-dss"

    var policy: Policy {
      switch self {
      case .standard: .standard
      case .pciDSS: .pciDSS
      }
    }
  }

  enum Switch: String, ExpressibleByArgument, CaseIterable {
    case on, off
  }

  func run() async throws {
    guard !changes.isEmpty else {
      throw CommandError(.usage, "nothing to set", hint: "vmfa policy set --help names the settings")
    }
    let policy = try await options.verifier(creating: true).updatePolicy(changes, at: Console.current.now())
    try Console.current.printPolicy(policy, json: json)
  }

  private var changes: [Policy.Setting: Int64] {
    var changes: [Policy.Setting: Int64] = [:]
    if let preset { for setting in Policy.Setting.allCases { changes[setting] = preset.policy[setting] } }
    let given: [(Policy.Setting, Int64?)] = [
      (.window, window), (.lookAhead, lookAhead), (.driftLimit, driftLimit), (.enableReach, enableReach),
      (.selfResyncReach, selfResyncReach), (.resyncReach, resyncReach), (.syncBudget, syncBudget),
      (.throttle, throttle.map { $0 == .on ? 1 : 0 }),
      (.lockAfter, lockAfter), (.lockBase, lockBase), (.lockMaximum, lockMax), (.disableAfter, disableAfter),
    ]
    for case (let setting, let value?) in given { changes[setting] = value }
    return changes
  }
}

extension Policy.Setting {
  fileprivate var help: String {
    "\(meaning.prefix(1).uppercased())\(meaning.dropFirst()). (\(range.lowerBound) to \(range.upperBound), default: \(standard))"
  }
}

extension Console {
  fileprivate func printPolicy(_ policy: Policy, json: Bool) throws {
    if json {
      let values = Policy.Setting.allCases.map { ($0.rawValue.replacing("-", with: "_"), policy[$0]) }
      return try printJSON(Dictionary(uniqueKeysWithValues: values))
    }
    try printTable(
      ["SETTING", "VALUE", "UNIT", "MEANING"],
      Policy.Setting.allCases.map { [$0.rawValue, String(policy[$0]), $0.unit, $0.meaning] })
  }
}
