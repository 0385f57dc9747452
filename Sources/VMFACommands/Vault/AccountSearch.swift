internal import Foundation
internal import Interchange
internal import OATH
internal import Vault

/// Finds the account that a person means by a name.
struct AccountSearch {
  let contents: VaultContents
  let console: Console

  /// The place of the one entry that has this id, or that fits: exactly, else in any case, else as a prefix, else as the
  /// AWS profile whose `mfa_serial` is an account's name. A whole name goes before the part of another.
  /// - Throws: 66 where none fits; 65 where several do, which are listed; 64 for an empty name.
  func index(of name: String) throws -> Int {
    // Every name begins with nothing: a script's variable that is not set is not to mean the only account there is.
    guard !name.isEmpty else { throw CommandError(.usage, "the name of the account is empty") }
    let rules: [(isWhole: Bool, fits: (String, String) -> Bool)] = [
      (true, { $0 == $1 }), (true, { $0.lowercased() == $1.lowercased() }),
      (false, { $0.lowercased().hasPrefix($1.lowercased()) }),
    ]
    if let index = contents.entries.firstIndex(where: { $0.id == name }) { return index }
    // The profile is looked up only when no account fits the name itself.
    let spellings: [() -> String?] = [{ name }, { AWSConfiguration(console: console).mfaSerial(ofProfile: name) }]
    for case let wanted? in spellings.lazy.map({ $0() }) {
      for rule in rules {
        let found = contents.entries.indices.filter { index in
          names(of: contents.entries[index]).contains { rule.fits($0, wanted) }
        }
        if found.count == 1 { return found[0] }
        // A whole name is meant before a part of one, such as the account behind an issuer.
        let whole = rule.isWhole ? found.filter { rule.fits(contents.entries[$0].name, wanted) } : []
        if whole.count == 1 { return whole[0] }
        if !found.isEmpty { throw ambiguous(name, found) }
      }
    }
    throw CommandError(.missing, "there is no account \(shown(name))", hint: "vmfa list shows them all")
  }

  /// The names by which an entry answers, as they are and as lists show them.
  private func names(of entry: VaultEntry) -> [String] {
    var names = [entry.name]
    if let label = entry.account?.label {
      names.insert(label.account, at: 0)
      // arn:aws:iam::ACCOUNT:mfa/USER answers to USER too.
      if let user = AWSConfiguration.userName(ofSerial: label.account) { names.append(user) }
    }
    return names + names.map(\.onOneLine).filter { !names.contains($0) }
  }

  private func ambiguous(_ name: String, _ found: [Int]) -> CommandError {
    for index in found { console.say("  \(contents.entries[index].id)  \(contents.entries[index].name.onOneLine)") }
    return CommandError(
      .data, "\(shown(name)) fits several accounts",
      hint: "write more of the name, ISSUER:ACCOUNT, or the id in front of it")
  }

  /// A name that fits nothing may be a secret in the wrong place.
  private func shown(_ name: String) -> String { name.count <= 15 ? name : "of that name" }
}

/// The parts of AWS's configuration that name MFA devices.
struct AWSConfiguration {
  let console: Console

  /// USER of `arn:aws:iam::ACCOUNT:mfa/USER`; nil for another text.
  static func userName(ofSerial text: String) -> String? {
    guard text.hasPrefix("arn:aws"), let start = text.range(of: ":mfa/") else { return nil }
    return text[start.upperBound...].split(separator: "/").last.map(String.init)
  }

  /// `mfa_serial` of a profile in `~/.aws/config`.
  func mfaSerial(ofProfile profile: String) -> String? {
    let path =
      (try? console.path(inVariable: "AWS_CONFIG_FILE")) ?? console.variable("HOME").map { $0 + "/.aws/config" }
    guard let path, let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let header = profile == "default" ? "[default]" : "[profile \(profile)]"
    var isInside = false
    for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
      if line.hasPrefix("[") { isInside = line == header }
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      if isInside, parts.count == 2, parts[0] == "mfa_serial" { return parts[1] }
    }
    return nil
  }
}
