import TestSupport
import Testing

@testable import VMFACommands

/// Secrets and URIs on standard input, and where they do not belong.
@Suite struct SecretReadingTests {
  private static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

  private func code(_ input: String, _ options: String...) async -> String {
    let ran = await run(["code", "-", "--at", "59"] + options, input: input)
    return ran.status == 0 ? ran.output : "\(ran.status) \(ran.output)"
  }

  @Test(arguments: [
    secret, "\u{FEFF}\(secret)\r\n", "gezd\u{A0}gnbv gy3t-qojq gezd gnbv gy3t qojq",
    "\"otpauth://totp/a?Secret=\(secret)\",",
    "otpauth://totp/a?secret=\(secret)&amp;digits=", "# a comment\notpauth://totp/a?secret=\(secret)\n",
  ]) func `what import reads, code reads`(input: String) async {
    #expect(await code(input) == "287082\n")
  }

  @Test(arguments: ["steam://\(secret)", "otpauth://totp/a?secret=\(secret)&encoder=steam"])
  func `Steam's codes`(input: String) async {
    #expect(await code(input) == "PV9M4\n")
  }

  @Test(arguments: [
    "\(secret)\n\(secret)", "\(secret)\nGITHUB", "\(secret) GITHUB", "otpauth://totp/a?secret=\(secret)\nGITHUB",
    "otpauth://totp/a?secret=\(secret) otpauth://totp/b?secret=\(secret)", "", "\n",
    "otpauth://totp/a?secret=\(secret)&digits=9",
  ]) func `two where one is meant, and none, print nothing`(input: String) async {
    #expect(await code(input) == "65 ")
    let ran = await run(["pair", "-"], input: input)
    #expect(ran.status == 65 && ran.output.isEmpty)
    #expect(!ran.diagnostics.joined().contains(Self.secret))
  }

  @Test func `options describe a bare secret, and no URI`() async {
    #expect(await code(Self.secret, "--digits", "8") == "94287082\n")
    #expect(await code("otpauth://totp/a?secret=\(Self.secret)", "--digits", "8") == "64 ")
    #expect(await code("steam://\(Self.secret)", "--issuer", "x") == "64 ")
  }

  @Test(
    arguments: ["add", "code", "pair"],
    ["otpauth://totp/a?secret=", " OTPAUTH://totp/a?secret=", "steam://", "otpauth-migration://offline?data="])
  func `a URI is no name, and is not repeated`(command: String, uri: String) async throws {
    let folder = try TemporaryFolder()
    let ran = await run(
      [command, uri + Self.secret], input: Self.secret, environment: ["VMFA_VAULT": folder.path("none.json")])
    #expect(ran.status == 64 && ran.output.isEmpty)
    #expect(ran.diagnostics.joined().contains("not the name of an account"))
    #expect(!ran.diagnostics.joined().contains(Self.secret))
  }

  @Test(arguments: ["/dev/fd/x", "/dev/fd/", "/proc/self/fd/", "/dev/stdinx", "a/dev/fd/0", "x"])
  func `only descriptors are pipes`(path: String) throws {
    let isPiped = try InputFile.piped(path, limit: 10) != nil
    #expect(!isPiped)
  }
}
