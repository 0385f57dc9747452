internal import ArgumentParser
internal import Foundation
internal import OATH

/// A moment on the command line: Unix seconds, or RFC 3339.
struct TimeArgument: ExpressibleByArgument, Sendable {
  let time: UnixTime

  init?(argument: String) {
    let seconds: Int64
    if argument.utf8.allSatisfy(\.isASCIIDigit) {
      guard let number = Int64(argument) else { return nil }
      seconds = number
    } else {
      guard let number = Self.seconds(rfc3339: argument) else { return nil }
      seconds = number
    }
    guard let time = try? UnixTime(seconds: seconds) else { return nil }
    self.time = time
  }

  /// Unix seconds of RFC 3339 §5.6; a fraction is dropped. The shape is checked here and the day counted by
  /// Foundation, whose own reading forgives too much for a time that a code is spent at.
  private static func seconds(rfc3339 text: String) -> Int64? {
    let shape = /(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))/
      .asciiOnlyDigits()
    guard let match = text.wholeMatch(of: shape)?.output, let hour = Int64(match.4), let minute = Int64(match.5),
      let second = Int64(match.6), hour < 24, minute < 60, second < 60
    else { return nil }
    let day = DateComponents(
      calendar: .gregorianUTC, year: Int(match.1), month: Int(match.2), day: Int(match.3))
    guard day.isValidDate, let midnight = day.date else { return nil }
    var offset: Int64 = 0
    if let sign = match.7, let hours = match.8.flatMap({ Int64($0) }), let minutes = match.9.flatMap({ Int64($0) }) {
      guard hours < 24, minutes < 60 else { return nil }
      offset = (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
    }
    return Int64(midnight.timeIntervalSince1970) + hour * 3600 + minute * 60 + second - offset
  }
}

extension Calendar {
  fileprivate static var gregorianUTC: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
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
