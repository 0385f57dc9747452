import Authentication
import Directory
import OATH
import Testing
import Verifier

@Suite struct AttemptLimitsTests {
  private let now = UnixTime.epoch.advanced(by: 300 * 1000)

  @Test func `a name has ten tries in five minutes, and a network sixty`() {
    let limits = AttemptLimits(), name = [AttemptLimits.Subject.name("alice")]
    for _ in 0..<10 { #expect(limits.admit(name, at: now) == nil) }
    #expect(limits.admit(name, at: now.advanced(by: 1)) == 299)
    #expect(limits.admit([.name("bob")], at: now) == nil)
    #expect(limits.admit([.owner("alice")], at: now) == nil)
    limits.forgive(name)
    #expect(limits.admit(name, at: now) == nil)
    #expect(limits.admit(name, at: now.advanced(by: 300)) == nil)
    let address = AttemptLimits.Subject.network("a"), later = now.advanced(by: 600)
    for index in 0..<60 { #expect(limits.admit([address, .name("n\(index)")], at: later) == nil) }
    #expect(limits.admit([address, .name("carol")], at: later) == 300)
    #expect(limits.admit([.network("b"), .name("carol")], at: later) == nil)
  }

  @Test func `of whatever five minutes, no more than ten tries`() {
    let limits = AttemptLimits()
    let bob = [AttemptLimits.Subject.name("bob")]
    #expect(limits.admit(bob, at: now) == nil)
    for _ in 0..<9 { #expect(limits.admit(bob, at: now.advanced(by: 290)) == nil) }
    #expect(limits.admit(bob, at: now.advanced(by: 310)) == nil)
    #expect(limits.admit(bob, at: now.advanced(by: 320)) == 270)
    #expect(limits.admit(bob, at: now.advanced(by: 589)) == 1)
    for _ in 0..<9 { #expect(limits.admit(bob, at: now.advanced(by: 590)) == nil) }
    #expect(limits.admit(bob, at: now.advanced(by: 590)) == 20)
    // One that was on its way for a while takes nothing back.
    #expect(limits.admit(bob, at: now.advanced(by: 580)) == 20)
    #expect(limits.admit([.name("nobody")] + bob, at: now.advanced(by: 590)) == 20 && limits.count == 1)
    // A clock that was set back locks nobody for longer.
    #expect(limits.admit(bob, at: now.advanced(by: -3600)) == nil)
  }

  @Test func `a name has one count, however it is spelt`() throws {
    let composed = "Zo\u{EB}", decomposed = "zoe\u{308}"
    let subjects = try [composed, decomposed].map { AttemptLimits.Subject(name: try UserName($0), typed: $0) }
    #expect(subjects[0] == subjects[1])
    // So long that its decomposed spellings have more scalars than a name.
    let long = String(repeating: "\u{E9}", count: 100), spelt = String(repeating: "e\u{301}", count: 100)
    #expect(
      try AttemptLimits.Subject(name: UserName(long), typed: long)
        == AttemptLimits.Subject(name: UserName(spelt), typed: spelt))
    #expect(AttemptLimits.Subject(name: nil, typed: " x") != AttemptLimits.Subject(name: nil, typed: "y"))
    #expect(try AttemptLimits.Subject(name: UserName("x"), typed: "x") == AttemptLimits.Subject(name: nil, typed: "X"))
  }

  @Test func `a try that came to no comparison does not count`() async throws {
    let limits = AttemptLimits(), subjects = [AttemptLimits.Subject.name("a")]
    for error in [DirectoryError.busy, .wrongPassword] {
      #expect(limits.admit(subjects, at: .epoch) == nil)
      await #expect(throws: error) {
        try await limits.forgivingIfBusy(subjects) { () throws(DirectoryError) in throw error }
      }
    }
    // Nine more after the one that counted.
    for _ in 0..<9 { #expect(limits.admit(subjects, at: .epoch) == nil) }
    #expect(limits.admit(subjects, at: .epoch) != nil)
  }
}
