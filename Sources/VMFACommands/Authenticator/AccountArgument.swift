internal import ArgumentParser
internal import Interchange
internal import OATH
internal import OpenSSLCrypto
internal import Vault

/// NAME of `code` and `pair`: an account of the vault, or `-` for standard input.
struct AccountArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The account; - reads a base32 secret or an otpauth:// URI from standard input.", valueName: "name"),
    completion: .accountNames)
  var name: String

  @OptionGroup var secret: SecretOptions
  @OptionGroup var options: VaultOptions

  /// What is named, and how it is found again in the vault.
  struct Found {
    let account: OTPAccount
    /// nil for what came from standard input.
    let id: String?
  }

  /// Looks the account up. A counter is moved on, durably, before its codes are used.
  /// - Parameters:
  ///   - count: how many codes of a counter will be used.
  ///   - wantsTime: refuses a counter, before it is moved on.
  func find(using count: UInt64, wantsTime: Bool = false) async throws -> Found {
    guard name != "-" else { return Found(account: try secret.readInput(), id: nil) }
    try SecretOptions.refuseURI(as: name)
    guard secret.isEmpty else {
      throw CommandError(.usage, "--algorithm, --digits and the like describe a bare secret; the account has its own")
    }
    let (vault, contents) = try await options.unlock()
    let entry = try Self.entry(name, in: contents)
    guard case .hotp = entry.account?.factor else { return try found(entry) }
    guard !wantsTime else { throw CommandError(.usage, "--remaining has no meaning for a counter") }
    return try vault.update { contents in
      // Found again: somebody else may have been here.
      let index = try AccountSearch(contents: contents, console: .current).index(of: name)
      let used = try found(contents.entries[index])
      guard case .hotp(let algorithm, let digits, let counter) = used.account.factor,
        counter <= UInt64(Int64.max) - count
      else {
        throw CommandError(.data, "the counter is at its end")
      }
      contents.entries[index] = try contents.entries[index].replacing(
        OTPAccount(
          label: used.account.label, factor: .hotp(algorithm: algorithm, digits: digits, counter: counter + count),
          secret: used.account.secret.copy()))
      return used
    }
  }

  private static func entry(_ name: String, in contents: VaultContents) throws -> VaultEntry {
    contents.entries[try AccountSearch(contents: contents, console: .current).index(of: name)]
  }

  private func found(_ entry: VaultEntry) throws -> Found {
    guard let account = entry.account else {
      throw CommandError(.data, "\(entry.name) cannot be read: \(entry.problem ?? "")")
    }
    return Found(account: account, id: entry.id)
  }
}
