import Foundation
import OATH
import TestSupport
import Testing

@Suite struct UnixTimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (951_868_800, "2000-03-01T00:00:00Z"), (1_771_321_482, "2026-02-17T09:44:42Z"),
      (4_107_542_399, "2100-02-28T23:59:59Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"), (946_684_799, "1999-12-31T23:59:59Z"),
      (946_684_800, "2000-01-01T00:00:00Z"),
      (253_402_300_799, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func `as RFC 3339 writes it`(seconds: Int64, text: String) throws {
    #expect(try UnixTime(seconds: seconds).text == text)
  }

  @Test func `every day of eight centuries is Foundation's, there and back`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for day in stride(from: Int64(0), to: 292_194, by: 7) {
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day * 86_400)))
      let year = Int64(parts.year ?? 0), month = Int64(parts.month ?? 0), date = Int64(parts.day ?? 0)
      let time = try #require(UnixTime(year: year, month: month, day: date, hour: 23, minute: 59, second: 58))
      #expect(time.seconds == day * 86_400 + 86_398)
      #expect(time.text == String(format: "%04d-%02d-%02dT23:59:58Z", Int(year), Int(month), Int(date)))
    }
  }

  @Test func `moments that there are not`() {
    func make(_ parts: [Int64]) -> UnixTime? {
      UnixTime(year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
    }
    for parts: [Int64] in [
      [1969, 12, 31, 23, 59, 59], [10_000, 1, 1, 0, 0, 0], [2000, 0, 1, 0, 0, 0], [2000, 13, 1, 0, 0, 0],
      [2000, 1, 0, 0, 0, 0],
      [2000, 1, 32, 0, 0, 0], [2000, 2, 30, 0, 0, 0], [2001, 2, 29, 0, 0, 0], [2100, 2, 29, 0, 0, 0],
      [2000, 4, 31, 0, 0, 0],
      [2000, 1, 1, 24, 0, 0], [2000, 1, 1, -1, 0, 0], [2000, 1, 1, 0, 60, 0], [2000, 1, 1, 0, 0, 60],
    ] {
      #expect(make(parts) == nil, "\(parts)")
    }
    #expect(make([1970, 1, 1, 0, 0, 0]) == .epoch && make([9999, 12, 31, 23, 59, 59]) == .latest)
    #expect(make([2000, 2, 29, 0, 0, 0]) != nil)
  }

  @Test func `times are in order, and stay in their range`() throws {
    let one = try UnixTime(seconds: 1)
    #expect(UnixTime.epoch < one && !(one < one) && one < .latest)
    #expect(UnixTime.latest.advanced(by: 1) == .latest && UnixTime.latest.advanced(by: -1) < .latest)
    #expect(one.advanced(by: -1) == .epoch && one.advanced(by: -2) == .epoch && one.advanced(by: Int64.min) == .epoch)
  }
}
