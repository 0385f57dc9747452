internal import ArgumentParser

/// NAME of the authenticator's commands.
struct AccountArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("- reads a base32 secret or an otpauth:// URI from standard input.", valueName: "name"))
  var name: String

  /// - Throws: for every name but `-`, until there is a vault that could hold it.
  func requireStandardInput() throws {
    guard name == "-" else {
      throw CommandError(
        .missing, "there is no account of that name",
        hint: "the name - reads a secret or an otpauth:// URI from standard input")
    }
  }
}
