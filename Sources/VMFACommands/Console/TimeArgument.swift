internal import ArgumentParser
internal import Foundation
internal import OATH

/// A moment on the command line: Unix seconds, or RFC 3339.
struct TimeArgument: ExpressibleByArgument, Sendable {
  let time: UnixTime

  init?(argument: String) {
    let seconds: Int64
    if argument.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
      guard let number = Int64(argument) else { return nil }
      seconds = number
    } else {
      let strategies = [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
      guard let date = strategies.lazy.compactMap({ try? Date(argument, strategy: $0) }).first else { return nil }
      guard let whole = Int64(exactly: date.timeIntervalSince1970.rounded(.down)) else { return nil }
      seconds = whole
    }
    guard let time = try? UnixTime(seconds: seconds) else { return nil }
    self.time = time
  }
}

/// `--at`, for the commands whose answer depends on the time.
struct MomentOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Evaluate as of this time.", valueName: "time"))
  var at: TimeArgument?

  /// Whether the moment is not the present.
  var isGiven: Bool { at != nil }

  /// The moment to evaluate at.
  func moment() throws -> UnixTime { try at?.time ?? Console.current.now() }
}

extension UnixTime {
  /// As RFC 3339 writes it, in UTC.
  var text: String {
    Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  }
}
