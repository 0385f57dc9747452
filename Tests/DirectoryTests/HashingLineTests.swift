import Testing

@testable import Directory

@Suite struct HashingLineTests {
  /// Waits until so many callers wait in the line.
  private func until(_ count: Int, wait line: HashingLine) async {
    while line.waitingCount != count { await Task.yield() }
  }

  private func refusal(of line: HashingLine) async -> HashingLine.Refusal? {
    do throws(HashingLine.Refusal) {
      try await line.enter()
      return nil
    } catch { return error }
  }

  @Test func `as many work as there is width for, the rest wait in their order, and one too many is turned away`() async
  {
    let line = HashingLine(width: 2, length: 2)
    #expect(await refusal(of: line) == nil)
    #expect(await refusal(of: line) == nil)
    let third = Task { await refusal(of: line) }
    await until(1, wait: line)
    let fourth = Task { await refusal(of: line) }
    await until(2, wait: line)
    #expect(await refusal(of: line) == .full)
    line.leave()
    #expect(await third.value == nil)
    #expect(line.waitingCount == 1)
    line.leave()
    #expect(await fourth.value == nil)
    // Two still work; two places are free behind them.
    let fifth = Task { await refusal(of: line) }
    await until(1, wait: line)
    for _ in 0..<3 { line.leave() }
    #expect(await fifth.value == nil)
    #expect(await refusal(of: line) == nil)
  }

  @Test func `whoever goes away gives up the place`() async {
    let line = HashingLine(width: 1, length: 1)
    #expect(await refusal(of: line) == nil)
    let gone = Task { await refusal(of: line) }
    await until(1, wait: line)
    gone.cancel()
    #expect(await gone.value == .abandoned)
    #expect(line.waitingCount == 0)
    let next = Task { await refusal(of: line) }
    await until(1, wait: line)
    line.leave()
    #expect(await next.value == nil)
  }

  @Test func `whoever is gone before they come takes no turn`() async {
    let line = HashingLine(width: 1, length: 1)
    let gone = Task {
      while !Task.isCancelled { await Task.yield() }
      return await refusal(of: line)
    }
    gone.cancel()
    #expect(await gone.value == .abandoned)
    #expect(await refusal(of: line) == nil)
  }
}
