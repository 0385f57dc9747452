internal import Directory
internal import ArgumentParser
internal import OATH
internal import Verifier

/// `vmfa user`.
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Users: who has MFA, who is locked.",
    subcommands: [
      UserCreateCommand.self, UserListCommand.self, UserShowCommand.self, UserUnlockCommand.self,
      UserDeleteCommand.self,
    ])
}

/// `vmfa user create`.
struct UserCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a user who has no device yet.")

  @Argument(help: "The user's name.")
  var user: String

  @Flag(help: "They may do all that root may.")
  var administrator = false

  @Option(
    help: ArgumentHelp("Give them the password in this file.", valueName: "file"), completion: .file(),
    transform: expandedPath)
  var passwordFile: String?

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print the user as a JSON object.")
  var json = false

  func run() async throws {
    try SecretOptions.refuseURI(as: user, "the name of a user")
    let name = try UserName(user),
      password = try passwordFile.map { try PassphraseOptions.newContent(of: $0, "the password") }
    let session = try await options.session(creating: true)
    _ = try await session.directory.createUser(
      name, administrator: administrator, password: password, at: Console.current.now())
    guard json else { return try Console.current.print("created \(name)") }
    try await Console.current.printUser(name, session, json: true)
  }
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
    // As it is kept, where it is a name.
    let after = page.after.map { (try? UserName($0))?.text ?? $0 }
    let users = try await session.store.users(after: after, limit: page.limit)
    var outputs: [UserOutput] = [], unreadable = users.unreadable
    let rules = try await session.store.rules()
    for user in users.items {
      do throws(VerifierError) {
        let devices = try await session.verifier.user(user.name).devices
        outputs.append(UserOutput(user, devices: devices, rules: rules, now: now))
      } catch {
        switch error {
        case .corruptRecord(let what):
          unreadable.append(Unreadable(name: user.name.text, error: .corruptRecord("the user \(user.name): \(what)")))
        case .noSuchUser: continue
        default: throw error
        }
      }
    }
    if json {
      try Console.current.printJSON(outputs)
    } else {
      try Console.current.printTable(
        ["USER", "MFA", "DEVICES", "FAILURES", "LOCKED"],
        outputs.map { [$0.user, $0.mfa.yesOrNo, String($0.devices.count), String($0.failures), $0.lockText] })
    }
    try page.end(Listing(items: outputs, unreadable: unreadable, next: users.next))
  }
}

/// `vmfa user show`.
struct UserShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a user, what they may and hold, their throttle and their devices.")

  @Argument(help: "The user's name.")
  var user: String

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    let session = try await options.session()
    try await Console.current.printUser(UserName(user), session, json: json)
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
    let name = try UserName(user), session = try await options.session()
    _ = try await session.verifier.unlock(name, at: Console.current.now())
    guard json else { return try Console.current.print("unlocked \(name)") }
    try await Console.current.printUser(name, session, json: true)
  }
}

/// `vmfa user delete`.
struct UserDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a user with all devices and recovery codes, for good.")

  @Argument(help: "The user's name.")
  var user: String

  @Flag(help: "Also if they have an enabled device.")
  var force = false

  @OptionGroup var options: VerifierOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Output: Encodable { var user: String }

  func run() async throws {
    let name = try UserName(user)
    _ = try await options.verifier().deleteUser(name, evenIfEnabled: force, at: Console.current.now())
    if json { return try Console.current.printJSON(Output(user: name.text)) }
    try Console.current.print("deleted \(name)")
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
  var recoveryCodesLeft: Int
  var devices: [DeviceOutput]
  /// What the account holds of them, where a single user is shown.
  var administrator: Bool?
  var mfaRequired: Bool?
  var password: Bool?
  var accessKeys: Int?

  init(_ user: User, devices: [Device], rules: VerificationRules, now: UnixTime) {
    self.user = user.name.text
    mfa = devices.contains { $0.isAssigned }
    failures = user.failures
    let lock = user.lockInForce(at: now, rules: rules)
    locked = lock != nil
    lockedUntil = lock?.retryAfter.map { now.advanced(by: $0).text }
    createdAt = user.createdAt.text
    recoveryCodesLeft = user.recovery?.remaining ?? 0
    self.devices = devices.map(DeviceOutput.init)
  }

  mutating func add(_ record: UserRecord) {
    administrator = record.isAdministrator
    mfaRequired = record.requiresMFA
    password = record.login != nil
    accessKeys = record.accessKeys.count
  }

  /// For a cell of a table.
  var lockText: String { locked ? lockedUntil.map { "until \($0)" } ?? "until unlocked" : "no" }
}

extension Console {
  /// - Throws: also once all else is printed, where what the account holds of them cannot be read.
  fileprivate func printUser(_ name: UserName, _ session: VerifierOptions.Session, json: Bool) async throws {
    let (user, devices) = try await session.verifier.user(name)
    var output = UserOutput(user, devices: devices, rules: try await session.store.rules(), now: try now())
    var failure: DirectoryError?
    do throws(DirectoryError) { output.add(try await session.directory.iamUser(named: name).record) } catch {
      failure = error
    }
    if json { try printJSON(output) } else { try printUser(output) }
    if let failure { throw failure }
  }

  private func printUser(_ user: UserOutput) throws {
    try printFields([
      ("user", user.user), ("MFA", user.mfa.yesOrNo), ("MFA required", user.mfaRequired.map(\.yesOrNo)),
      ("failures", String(user.failures)), ("locked", user.lockText), ("created", user.createdAt),
      ("recovery codes left", String(user.recoveryCodesLeft)), ("administrator", user.administrator.map(\.yesOrNo)),
      ("password", user.password.map(\.yesOrNo)), ("access keys", user.accessKeys.map { String($0) }),
    ])
    for device in user.devices {
      try print("device    \(device.serial) (\(device.status), last used \(device.lastUsedAt ?? "never"))")
    }
  }
}
