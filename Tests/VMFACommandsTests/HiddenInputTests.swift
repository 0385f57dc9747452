import TestSupport
import Testing

@testable import VMFACommands

/// No message repeats input that stands in the wrong place.
@Suite struct HiddenInputTests {
  static let secrets = [
    "otpauth://totp/Shop:ann?secret=DTO6YNFMCV5KM7UWZJUINO3WYNTDWZDD", "DTO6YNFMCV5KM7UWZJUINO3WYNTDWZDD",
    "dto6 ynfm cv5k m7uw zjui no3w ynta wzdd", "host=db password=s3cr3t-of-mine",
  ]
  /// Command lines, with a secret in the place of `@`.
  static let lines = [
    "code @", "code a @", "code a @ b", "code - --digits @", "code - --algorithm @", "code - --at @",
    "code - --period=@",
    "code - --counter @", "code --vault @ x", "code x --passphrase-file @", "@", "device @", "device show @",
    "device enable @ 123456 123457",
    "device list --limit @", "device list --status @", "device create a --qr-mode @", "device create a --name @",
    "device export @",
    "verify @ 123456", "verify alice @", "verify alice 123456 @", "verify alice 123456 --at @",
    "verify alice 123456 --database @",
    "user show @", "user delete @", "recovery count @", "recovery create @", "rules set --window @",
    "rules set --preset @",
    "audit list --after @", "audit list --since @", "audit verify --head @", "token create t --scope @",
    "token revoke @",
    "account init --account-id @", "account init --password-file @", "key rotate --new-key-file @",
    "key info --key-file @",
    "import @", "import --format @ x", "add x --qr @", "export --format @", "export --format aegis --output @",
    "show @", "rename @ b",
    "remove @", "edit @ --issuer b", "vault restore @", "vault completion @", "vault backup @",
    "serve --check --listen @",
    "serve --check --log-level @", "serve --check --max-connections @", "serve --check --config @", "database backup @",
    "--@", "code --@ x",
    "enroll @ --no-input", "enroll alice --issuer @ --no-input", "doctor --vault @", "watch @ @",
  ]

  @Test(arguments: lines) func `no message repeats a secret`(line: String) async throws {
    // Two of them: each line is parsed by the whole parser, which takes its time.
    for secret in [Self.secrets[0], Self.secrets[1 + line.count % 3]] {
      let folder = try TemporaryFolder()
      let arguments = line.split(separator: " ").map { String($0).replacing("@", with: secret) }
      let ran = await run(
        arguments, environment: ["HOME": folder.path, "XDG_DATA_HOME": folder.path, "XDG_STATE_HOME": folder.path])
      for message in ran.diagnostics {
        #expect(!message.contains(secret), "\(line)")
        #expect(!message.contains("DTO6YNFMCV5KM7UWZJUINO3WYNTDWZDD") && !message.contains("s3cr3t-of-mine"), "\(line)")
      }
    }
  }

  @Test(arguments: ["VMFA_DATABASE", "VMFA_KEY_FILE", "VMFA_VAULT", "VMFA_PASSPHRASE_FILE", "VMFA_CONFIG"])
  func `nor what a variable has`(variable: String) async throws {
    for secret in Self.secrets {
      let folder = try TemporaryFolder()
      for arguments in [
        ["user", "list"], ["list"], ["vault", "init"], ["user", "create", "a"], ["serve", "--check"],
      ] {
        let ran = await run(arguments, environment: ["HOME": folder.path, variable: secret])
        for message in ran.diagnostics {
          #expect(!message.contains(secret) && !message.contains("s3cr3t-of-mine"), "\(variable) \(arguments)")
        }
      }
    }
  }

  @Test func `what cannot hold a secret is repeated`() async {
    let ran = await run(["code", "-", "--digits", "many"])
    #expect(ran.diagnostics.first?.contains("many") == true)
    #expect(await run(["device", "frobnicate"]).diagnostics.first?.contains("'frobnicate'") == true)
  }
}
