import Foundation
import Testing

@testable import VMFACommands

@Suite struct ShellQuotingTests {
  @Test(arguments: [
    "alice", "two words", "it's me", "$(touch ran)", "`id`", "a\\b", "-x", "'", "", "#", "~", "a\nb", "ünï*",
  ])
  func `a shell takes it for the same text`(text: String) throws {
    for word in [text.quotedForShell, text.isEmpty ? "''" : text.shellWord] {
      let shell = Process(), output = Pipe()
      shell.executableURL = URL(filePath: "/bin/sh")
      shell.arguments = ["-c", "printf %s \(word)"]
      shell.standardOutput = output
      try shell.run()
      #expect(String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self) == text)
      shell.waitUntilExit()
    }
  }

  @Test func `quotes only where they are needed, and = before a dash`() {
    #expect("/var/lib/vmfa.json".shellWord == "/var/lib/vmfa.json")
    #expect("a b".shellWord == "'a b'")
    #expect("alice".asValue(of: "--after") == "--after 'alice'")
    #expect("-x".asValue(of: "--after") == "--after='-x'")
  }
}
