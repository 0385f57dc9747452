import Authentication
import Logging
import OATH
import Testing
import Verifier

@Suite struct GuessBudgetTests {
  @Test func `the guess budget looks at the last minute`() {
    let budget = GuessBudget(limit: 10, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let start = UnixTime.epoch.advanced(by: 6_000_000)
    for _ in 0..<10 { budget.count(.rejected(.wrongCode), at: start) }
    budget.count(.rejected(.locked(retryAfter: 1)), at: start)
    #expect(!budget.isExceeded(at: start))
    for _ in 0..<2 { budget.count(.rejected(.reused), at: start) }
    #expect(budget.isExceeded(at: start) && budget.isExceeded(at: start.advanced(by: 62)))
    #expect(!budget.isExceeded(at: start.advanced(by: 90)) && !budget.isExceeded(at: start.advanced(by: 600)))
  }
}
