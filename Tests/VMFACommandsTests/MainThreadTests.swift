import Foundation
import Testing

@testable import VMFACommands

@Suite struct MainThreadTests {
  private static func thisThread() -> ObjectIdentifier { ObjectIdentifier(Thread.current) }

  /// The threads of a body of `wait` before and after it has waited itself, and of a child; and the one that called.
  private func threads(doingWork: Bool) async -> (caller: ObjectIdentifier, body: [ObjectIdentifier]) {
    await withCheckedContinuation { continuation in
      Thread {
        let body = MainThread.wait(doingWork: doingWork) {
          let before = Self.thisThread()
          try? await Task.sleep(for: .milliseconds(1))
          async let child = Self.thisThread()
          return await [before, Self.thisThread(), child]
        }
        continuation.resume(returning: (Self.thisThread(), body))
      }.start()
    }
  }

  @Test func `work is done on the thread that waits for it, also after a pause`() async {
    let found = await threads(doingWork: true)
    #expect(found.body == Array(repeating: found.caller, count: 3))
  }

  @Test func `other work is done on other threads`() async {
    let found = await threads(doingWork: false)
    #expect(!found.body.contains(found.caller))
  }

  @Test(arguments: [
    (["code", "-"], true), (["pair", "work"], true), (["list"], true), (["show", "work", "--json"], true),
    ([], false), (["help", "code"], false), (["--version"], false), (["serve"], false), (["device", "list"], false),
    (["import", "x"], false),
  ])
  func `commands that do one thing at a time`(arguments: [String], isForOneThread: Bool) {
    #expect(CommandLineTool.isForOneThread(arguments) == isForOneThread)
  }
}
