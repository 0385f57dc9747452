internal import ArgumentParser
internal import OATH
internal import Verifier

/// `vmfa user`.
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Users: who has MFA, who is locked.",
    subcommands: [UserListCommand.self, UserShowCommand.self, UserUnlockCommand.self])
}

/// `vmfa user list`.
struct UserListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List users by name, with their MFA state.")

  @OptionGroup var page: PageOptions
  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON array.")
  var json = false

  func run() async throws {
    let session = try await options.session(), now = try Console.current.now()
    let after = try page.after.map { (name) throws(VerifierError) in try UserName(name) }
    let users = page.page(try await session.store.users(after: after, limit: page.limit + 1)) { $0.name.text }
    var outputs: [UserOutput] = []
    for user in users {
      outputs.append(UserOutput(user, devices: try await session.verifier.user(user.name).devices, now: now))
    }
    if json { return try Console.current.printJSON(outputs) }
    try Console.current.printTable(
      ["USER", "MFA", "DEVICES", "FAILURES", "LOCKED"],
      outputs.map { [$0.user, $0.mfa ? "yes" : "no", String($0.devices.count), String($0.failures), $0.lockText] })
  }
}

/// `vmfa user show`.
struct UserShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a user, their throttle and their devices.")

  @Argument(help: "The user's name.")
  var user: String

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    let (user, devices) = try await options.verifier().user(UserName(user))
    try Console.current.printUser(user, devices, json: json)
  }
}

/// `vmfa user unlock`.
struct UserUnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Clear a user's throttle, and the sync budgets of their devices.")

  @Argument(help: "The user's name.")
  var user: String

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the user as a JSON object.")
  var json = false

  func run() async throws {
    let name = try UserName(user), verifier = try await options.verifier()
    _ = try await verifier.unlock(name, at: Console.current.now())
    guard json else { return try Console.current.print("unlocked \(name)") }
    let (user, devices) = try await verifier.user(name)
    try Console.current.printUser(user, devices, json: true)
  }
}

/// A user as JSON.
struct UserOutput: Encodable {
  var user: String
  var mfa: Bool
  var failures: Int
  var locked: Bool
  var lockedUntil: String?
  var createdAt: String
  var devices: [DeviceOutput]

  init(_ user: User, devices: [Device], now: UnixTime) {
    self.user = user.name.text
    mfa = devices.contains { $0.status != .unassigned }
    failures = user.failures
    switch user.lock {
    case .none: locked = false
    case .untilUnlocked: locked = true
    case .until(let end):
      locked = end > now
      lockedUntil = end > now ? end.text : nil
    }
    createdAt = user.createdAt.text
    self.devices = devices.map(DeviceOutput.init)
  }

  /// For a cell of a table.
  var lockText: String { locked ? lockedUntil.map { "until \($0)" } ?? "until unlocked" : "no" }
}

extension Console {
  fileprivate func printUser(_ user: User, _ devices: [Device], json: Bool) throws {
    let output = UserOutput(user, devices: devices, now: try now())
    if json { return try printJSON(output) }
    try printFields([
      ("user", output.user), ("MFA", output.mfa ? "yes" : "no"), ("failures", String(output.failures)),
      ("locked", output.lockText), ("created", output.createdAt),
    ])
    for device in output.devices {
      try print("device    \(device.serial) (\(device.status), last used \(device.lastUsedAt ?? "never"))")
    }
  }
}
