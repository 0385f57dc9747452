/// Seconds since 1970-01-01T00:00:00Z, from then to the end of the year 9999: the range in which RFC 3339 can write
/// a time, and far inside the one in which steps cannot overflow.
public struct UnixTime: Sendable, Hashable, Comparable {
  /// Whole seconds.
  public let seconds: Int64

  /// The last second of the year 9999.
  public static let latest = UnixTime(unchecked: 253_402_300_799)
  /// The first second of 1970.
  public static let epoch = UnixTime(unchecked: 0)

  private init(unchecked seconds: Int64) { self.seconds = seconds }

  /// - Throws: ``OATHError/outOfRange(_:)`` before 1970 or after the year 9999.
  public init(seconds: Int64) throws(OATHError) {
    guard (Self.epoch.seconds...Self.latest.seconds).contains(seconds) else {
      throw .outOfRange("a time lies between 1970-01-01 and 9999-12-31")
    }
    self.seconds = seconds
  }

  /// This time and `duration` seconds, held inside the range.
  public func advanced(by duration: Int64) -> UnixTime {
    let (sum, overflow) = seconds.addingReportingOverflow(duration)
    guard !overflow else { return duration < 0 ? .epoch : .latest }
    return UnixTime(unchecked: min(max(sum, Self.epoch.seconds), Self.latest.seconds))
  }

  /// Orders by time.
  public static func < (a: UnixTime, b: UnixTime) -> Bool { a.seconds < b.seconds }
}

extension UnixTime {
  /// As RFC 3339 writes it, in UTC: `2026-02-17T09:44:42Z`.
  public var text: String {
    let (year, month, day) = date, second = seconds % 86_400
    let clock = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T\(clock)Z"
  }

  /// The Gregorian date of the day: eras of 400 years that begin on the 1st of March, so that a leap day ends its year.
  private var date: (year: Int64, month: Int64, day: Int64) {
    let days = seconds / 86_400 + 719_468, era = days / 146_097, dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100), shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension UnixTime {
  /// A moment of the Gregorian calendar, in UTC; nil for one that there is not, or that lies out of range.
  package init?(year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64) {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0..<24).contains(hour),
      (0..<60).contains(minute), (0..<60).contains(second)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year, yearOfEra = shifted % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = shifted / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    self.init(unchecked: days * 86_400 + hour * 3600 + minute * 60 + second)
    // The 30th of February is another day when it is read back.
    guard date == (year, month, day) else { return nil }
  }
}
