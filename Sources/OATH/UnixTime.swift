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
