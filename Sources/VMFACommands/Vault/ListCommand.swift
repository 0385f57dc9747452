internal import ArgumentParser
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import Vault

/// `vmfa list`.
struct ListCommand: OneThreadCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts of the vault.")

  @Flag(help: "Show the current codes too; a counter's is not moved on, and not shown.")
  var codes = false

  @OptionGroup var moment: MomentOptions
  @OptionGroup var options: VaultOptions

  @Flag(help: "Print a JSON array.")
  var json = false

  func run() async throws {
    let contents = try await options.read(), console = Console.current
    let now = try moment.moment()
    for entry in contents.entries { if let problem = entry.problem { console.warn("\(entry.name): \(problem)") } }
    let outputs = try contents.entries.filter { $0.account != nil }.map { entry in
      try AccountOutput(entry, codeAt: codes ? now : nil)
    }
    if json { return try console.printJSON(outputs) }
    let header = ["NAME", "ISSUER", "TYPE"] + (codes ? ["CODE"] : []) + ["AWS SERIAL"]
    try console.printTable(
      header,
      outputs.map { output in
        let serial = AWSConfiguration.userName(ofSerial: output.name) == nil ? "" : output.name
        return [output.name, output.issuer, output.type] + (codes ? [output.code ?? "-"] : []) + [serial]
      })
  }
}

/// An account as JSON: everything but the secret.
struct AccountOutput: Encodable {
  var id, name, issuer, type, algorithm: String
  var digits: Int
  /// null for a counter.
  var period: Nullable<Int64>
  var code: String?

  init(_ entry: VaultEntry, codeAt time: UnixTime? = nil) throws {
    guard let account = entry.account else { throw CommandError(.data, "\(entry.name) cannot be read") }
    id = entry.id
    name = account.label.account
    issuer = account.label.issuer ?? ""
    type = account.factor.typeName
    algorithm = account.factor.algorithm.rawValue
    digits = account.factor.digits?.rawValue ?? 5
    period = Nullable(value: account.factor.period)
    if let time, account.factor.period != nil { code = try account.factor.code(of: account.secret, at: time) }
  }
}

/// A member of an object that is there without a value too, as null.
struct Nullable<Value: Encodable>: Encodable {
  let value: Value?

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}
