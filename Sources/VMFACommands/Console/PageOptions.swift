internal import ArgumentParser
internal import Verifier

/// A page of a list.
struct PageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("At most so many, 1 to 10000.", valueName: "count"))
  var limit = 100

  @Option(help: ArgumentHelp("Go on after this one.", valueName: "last"))
  var after: String?

  mutating func validate() throws {
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit is 1 to 10000") }
  }

  /// Says what is not on a page that was printed, and ends with 65 where something of it cannot be read.
  func end<Item>(_ page: Listing<Item>) throws {
    if let next = page.next { Console.current.note("there are more: \(next.asValue(of: "--after")) goes on") }
    try Console.current.tellOf(page.unreadable)
  }
}

extension Console {
  /// Names what could not be read beside what was.
  /// - Throws: ``Ending`` with 65 where there is any.
  func tellOf(_ unreadable: [Unreadable]) throws {
    guard !unreadable.isEmpty else { return }
    for found in unreadable { say("vmfa: error: \(found.error)".withoutControls) }
    throw Ending(.data)
  }
}
