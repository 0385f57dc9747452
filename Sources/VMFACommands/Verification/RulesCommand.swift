internal import ArgumentParser
internal import Verifier

/// `vmfa rules`.
struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "The numbers behind every answer, kept in the database.",
    subcommands: [RulesShowCommand.self, RulesSetCommand.self])
}

/// `vmfa rules show`.
struct RulesShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the rules in force.")

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    try Console.current.printRules(await options.session().store.rules(), json: json)
  }
}

/// `vmfa rules set`.
struct RulesSetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change the rules; they hold from the next attempt on, at every door.")

  @Option(help: "Start from a preset.")
  var preset: Preset?

  @Option(help: ArgumentHelp("\(VerificationRules.Setting.window.help)", valueName: "steps"))
  var window: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.lookAhead.help)", valueName: "steps"))
  var lookAhead: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.driftLimit.help)", valueName: "steps"))
  var driftLimit: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.enableReach.help)", valueName: "steps"))
  var enableReach: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.selfResyncReach.help)", valueName: "steps"))
  var selfResyncReach: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.resyncReach.help)", valueName: "steps"))
  var resyncReach: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.syncBudget.help)", valueName: "failures"))
  var syncBudget: Int64?
  @Option(help: "Whether failures lock at all; they are counted in any case.")
  var throttle: Switch?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.lockAfter.help)", valueName: "failures"))
  var lockAfter: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.lockBase.help)", valueName: "seconds"))
  var lockBase: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.lockMaximum.help)", valueName: "seconds"))
  var lockMax: Int64?
  @Option(help: ArgumentHelp("\(VerificationRules.Setting.disableAfter.help)", valueName: "failures"))
  var disableAfter: Int64?

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the rules then in force as a JSON object.")
  var json = false

  enum Preset: String, ExpressibleByArgument, CaseIterable {
    case standard = "default"
    case pciDSS = "pci-dss"

    var rules: VerificationRules {
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
      throw CommandError(.usage, "nothing to set", hint: "vmfa rules set --help names the settings")
    }
    let rules = try await options.verifier(creating: true).updateRules(changes, at: Console.current.now())
    try Console.current.printRules(rules, json: json)
  }

  private var changes: [VerificationRules.Setting: Int64] {
    var changes: [VerificationRules.Setting: Int64] = [:]
    if let preset { for setting in VerificationRules.Setting.allCases { changes[setting] = preset.rules[setting] } }
    let given: [(VerificationRules.Setting, Int64?)] = [
      (.window, window), (.lookAhead, lookAhead), (.driftLimit, driftLimit), (.enableReach, enableReach),
      (.selfResyncReach, selfResyncReach), (.resyncReach, resyncReach), (.syncBudget, syncBudget),
      (.throttle, throttle.map { $0 == .on ? 1 : 0 }),
      (.lockAfter, lockAfter), (.lockBase, lockBase), (.lockMaximum, lockMax), (.disableAfter, disableAfter),
    ]
    for case (let setting, let value?) in given { changes[setting] = value }
    return changes
  }
}

extension VerificationRules.Setting {
  fileprivate var help: String {
    "\(meaning.prefix(1).uppercased())\(meaning.dropFirst()). (\(range.lowerBound) to \(range.upperBound), default: \(standard))"
  }
}

extension Console {
  fileprivate func printRules(_ rules: VerificationRules, json: Bool) throws {
    if json {
      let values = VerificationRules.Setting.allCases.map { ($0.rawValue.replacing("-", with: "_"), rules[$0]) }
      return try printJSON(Dictionary(uniqueKeysWithValues: values))
    }
    try printTable(
      ["SETTING", "VALUE", "UNIT", "MEANING"],
      VerificationRules.Setting.allCases.map { [$0.rawValue, String(rules[$0]), $0.unit, $0.meaning] })
  }
}
