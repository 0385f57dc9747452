import OATH
import Testing

@testable import VMFACommands

@Suite struct TimeArgumentTests {
  @Test(arguments: [
    ("0", 0), ("1750000000", 1_750_000_000), ("253402300799", 253_402_300_799), ("2025-06-15T15:06:40Z", 1_750_000_000),
    ("2025-06-15T17:06:40+02:00", 1_750_000_000), ("2025-06-15T10:06:40.999-05:00", 1_750_000_000),
    ("1970-01-01T00:00:00Z", 0),
  ])
  func `times`(text: String, seconds: Int64) {
    #expect(TimeArgument(argument: text)?.time.seconds == seconds)
  }

  @Test(arguments: [
    "", "x", "-1", "1.5", "1e9", "253402300800", "99999999999999999999", "2025-06-15", "2025-13-15T00:00:00Z",
    "2025-06-15 15:06:40", "1969-12-31T23:59:59Z", "٠",
  ])
  func `no times`(text: String) {
    #expect(TimeArgument(argument: text) == nil)
  }
}
