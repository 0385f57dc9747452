import Testing

@testable import Directory

@Suite struct ReportTests {
  @Test(
    .bug(id: "CWE-1236"),
    arguments: [
      ("alice", "alice"), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"),
      ("a=b", "a=b"),
      ("a,b", "\"a,b\""), ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("\r=x", "\"'\r=x\""), ("", ""),
      ("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"),
    ])
  func `no cell of the credential report is a formula`(field: String, written: String) {
    #expect(DirectoryService.quoted(field) == written)
  }
}
