import DurableFiles
import Foundation
import Testing

@Suite struct HomePathTests {
  private var accountHome: String { NSHomeDirectoryForUser(NSUserName()) ?? "" }

  @Test(arguments: [
    ("~", "/home/of/me"), ("~/", "/home/of/me/"), ("~/v.json", "/home/of/me/v.json"), ("~//v", "/home/of/me//v"),
    ("~/~/v", "/home/of/me/~/v"),
    // No tilde-prefix, as the shell has it.
    ("", ""), ("v.json", "v.json"), ("./~/v", "./~/v"), ("/~/v", "/~/v"), ("a~", "a~"), (" ~/v", " ~/v"), ("-", "-"),
  ])
  func `a tilde in front is the home`(text: String, path: String) throws {
    #expect(try HomePath.expanding(text, home: "/home/of/me") == path)
  }

  @Test func `a home that ends in a slash is not doubled`() throws {
    #expect(try HomePath.expanding("~/v", home: "/") == "/v")
    #expect(try HomePath.expanding("~", home: "/") == "/")
  }

  @Test(arguments: [nil, "", "relative/home"]) func `without HOME the account says where it is`(home: String?) throws {
    #expect(try HomePath.expanding("~/v", home: home) == accountHome + "/v")
  }

  @Test func `a user's home is found by name, and a name of nobody stays`() throws {
    #expect(try HomePath.expanding("~\(NSUserName())/v", home: "/elsewhere") == accountHome + "/v")
    #expect(try HomePath.expanding("~\(NSUserName())", home: "/elsewhere") == accountHome)
    #expect(try HomePath.expanding("~no-such-user/v", home: "/elsewhere") == "~no-such-user/v")
  }
}
