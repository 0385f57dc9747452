internal import Foundation
internal import Synchronization

/// Keeps what a person gave to the program out of its messages where that can hold a secret: a URI in the place of a name, a
/// secret in the place of an option's value, a database's password.
final class InputRedaction: Sendable {
  private static let replacement = "(not shown)"

  /// The texts that are not repeated, the longest first.
  private let secrets: Mutex<[String]>

  /// - Parameter arguments: of the command line.
  init(arguments: [String]) {
    secrets = Mutex([])
    for argument in arguments {
      note(argument)
      if argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") {
        note(String(argument[argument.index(after: equals)...]))
      }
    }
  }

  /// Takes a value that a message may repeat.
  func note(_ value: String) {
    let found = SecretShape.secrets(in: value)
    guard !found.isEmpty else { return }
    secrets.withLock { secrets in
      secrets = Array(Set(secrets + found)).sorted { ($0.count, $0) > ($1.count, $1) }
    }
  }

  /// The message without what is not repeated.
  func clean(_ message: String) -> String {
    secrets.withLock { $0 }.reduce(message) { message, secret in
      // As it was given, and as a message has it.
      message.replacing(secret, with: Self.replacement).replacing(secret.withoutControls, with: Self.replacement)
    }
  }
}

extension Console {
  /// The same console, whose messages do not repeat secrets that stand in these arguments or in the variables that are read.
  func hidingInput(_ arguments: [String]) -> Console {
    let redaction = InputRedaction(arguments: arguments)
    var console = self
    console.say = { [say] in say(redaction.clean($0)) }
    console.variable = { [variable] name in
      let value = variable(name)
      if let value, name.hasPrefix("VMFA_") { redaction.note(value) }
      return value
    }
    return console
  }
}
