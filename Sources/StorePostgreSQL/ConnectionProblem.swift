internal import Foundation

/// Says in plain words why there is no connection.
///
/// libpq and the server repeat parts of the URL in their messages. A password with a character that should have been encoded
/// is read as part of a host, a port, or a database's name. So no word of the URL is repeated, and no word of libpq
/// that stands in quotation marks.
enum ConnectionProblem {
  /// - Parameter message: what libpq says, on one line.
  static func words(for message: String) -> String {
    // With several hosts, what the last one has said.
    let start = message.range(of: "connection to server", options: .backwards)?.lowerBound ?? message.startIndex
    let last = message[start...]
    return causes.first { last.contains($0.sign) }?.words ?? withoutQuotations(message)
  }

  private struct Cause {
    let sign, words: String

    init(_ sign: String, _ words: String) { (self.sign, self.words) = (sign, words) }
  }

  /// The more particular ones before the others.
  private static let causes = [
    Cause("password authentication failed", "the server refuses the password, or has no such role"),
    Cause("authentication failed", "the server does not let this role in"),
    Cause("no password supplied", "the server asks for a password, and none was given"),
    Cause("is not permitted to log in", "the role may not log in"),
    Cause("too many connections for role", "the role has as many connections as it may have"),
    Cause("too many connections for database", "the database has as many connections as it may have"),
    Cause("permission denied for database", "the role may not use this database"),
    Cause("not currently accepting connections", "the database accepts no connections"),
    Cause("no pg_hba.conf entry", "the server's pg_hba.conf has no line for this connection"),
    Cause("too many clients", "the server has no connection left"),
    Cause("remaining connection slots", "the server has no connection left"),
    Cause("is starting up", "the server is starting up"),
    Cause("is shutting down", "the server is shutting down"),
    Cause("in recovery mode", "the server is in recovery"),
    Cause("session is read-only", "no server may be written to"),
    Cause("server is in hot standby mode", "no server may be written to"),
    Cause("role \"", "the server has no role of this name"),
    Cause("database \"", "the server has no database of this name"),
    Cause("could not translate host name", "there is no host of this name"),
    Cause("Connection refused", "nothing listens at the server's address and port"),
    Cause("No such file or directory", "no server has its socket there"),
    Cause("No route to host", "there is no way to the server's host"),
    Cause("Network is unreachable", "there is no way to the server's host"),
    Cause("timeout expired", "the server gave no answer in time"),
    Cause("Connection timed out", "the server gave no answer in time"),
    Cause("does not support SSL", "the server has no TLS, which the URL asks for"),
    Cause("certificate verify failed", "the server's certificate is not one to trust"),
    Cause("server certificate for", "the server's certificate is for another host"),
    Cause("root certificate file", "the file of root certificates cannot be read"),
    Cause("invalid port number", "the URL's port is no port"),
    Cause("invalid integer value", "a number in the URL is none"),
    Cause("value: \"", "a parameter in the URL has a value that it cannot have"),
    Cause("could not match", "the URL has not as many ports or addresses as hosts"),
  ]

  /// - Returns: the text with nothing between quotation marks; from a mark that has no other one, nothing at all.
  private static func withoutQuotations(_ text: String) -> String {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.indices.map { $0.isMultiple(of: 2) ? String(parts[$0]) : "…" }.joined(separator: "\"")
      .replacing("\"…\"", with: "…")
  }

  /// Says why libpq cannot read a URL, without a word of it.
  static func words(forURL message: String) -> String {
    if message.contains("invalid connection option") || message.contains("invalid URI query parameter") {
      return "the database's URL has a parameter that libpq does not know"
    }
    if message.contains("missing key/value separator") || message.contains("missing \"=\"") {
      return "the database's URL has a parameter without a value"
    }
    if message.contains("percent-encoded") {
      return "the database's URL has a % that is not followed by two hexadecimal digits (%25 stands for %)"
    }
    return "libpq cannot read the database's URL (see its Connection Strings)"
  }
}
