import Testing

@testable import VMFACommands

@Suite struct SecretShapeTests {
  @Test(arguments: [
    "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ", "OTPAUTH://totp/a", "otpauth-migration://offline?data=CjEK",
    "steam://GEZDGNBV",
    "https://me:pw@host/path", "postgresql://user:s3cret@db/vmfa", "host=db password=s3cret",
    "host=db password = s3cret",
    "PASSWORD=x", "secret%3DGEZDGNBV", #"{"secret": "abc"}"#, "passwd=x", "pwd=x", "sslpassword=x", "a:passphrase=b",
    "GEZDGNBVGY3TQOJQ", "gezdgnbvgy3tqojq", "GEZD GNBV GY3T QOJQ", "gezd-gnbv-gy3t-qojq", "GEZDGNBVGY3TQOJQ====",
    "GEZDG NBVGY 3TQOJ Q2", "alice GEZDGNBVGY3TQOJQ", "--GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "3132333435363738393031323334353637383930", "0x3132333435363738393031323334353637383930",
    "wJalrXUtnFEMIK7MDENGbPxRfiCY",
    "name=GEZDGNBVGY3TQOJQ",
  ])
  func `can hold a secret`(value: String) {
    #expect(SecretShape.mayBeSecret(value))
    #expect(SecretShape.secrets(in: value).contains(value))
  }

  @Test(arguments: [
    "", "alice", "alice@example.com", "AWS:amazon", "my-production-account", "a name of several words", "123456",
    "--digits",
    "/home/alice/internationalisation/vault.json", "backups/GEZDGNBVGY3TQOJQ.json", "sqlite:/var/lib/vmfa/verifier.db",
    "postgresql://db.example.com/vmfa", "arn:aws:iam::123456789012:mfa/alice", "0b9d6c1e-6c2f-4d8e-9a53-1f6f3d1c2b4a",
    "unix:/run/vmfa/socket", "2025-06-15T15:06:40Z", "127.0.0.1:8080", "GEZDGNBVGY3TQOJ", "1234567890123456",
    "vault.json",
    "host=db user=vmfa", "https://example.com/auth?mfa=required", "~/Documents/codes.png",
  ])
  func `is repeated`(value: String) { #expect(!SecretShape.mayBeSecret(value)) }

  @Test func `the secret alone is not repeated either`() {
    #expect(SecretShape.secrets(in: "host=db password=s3cret user=u").contains("s3cret"))
    #expect(SecretShape.secrets(in: "password='two words' host=db").contains("words"))
    #expect(SecretShape.secrets(in: "otpauth://totp/a?secret=GEZDGNBV&issuer=b").contains("GEZDGNBV"))
    #expect(!SecretShape.secrets(in: "otpauth://totp/a?secret=GEZDGNBV&issuer=beta").contains("beta"))
  }

  @Test func `a message keeps what is around it`() {
    let redaction = InputRedaction(arguments: ["code", "--issuer=GEZDGNBVGY3TQOJQ", "otpauth://totp/a?secret=GEZDGNBV"])
    #expect(redaction.clean("code: the value 'GEZDGNBVGY3TQOJQ' is wrong") == "code: the value '(not shown)' is wrong")
    #expect(redaction.clean("there is no otpauth://totp/a?secret=GEZDGNBV here") == "there is no (not shown) here")
    #expect(redaction.clean("of GEZDGNBV and code") == "of (not shown) and code")
    redaction.note("host=db password=s3cret")
    #expect(redaction.clean("missing = after s3cret") == "missing = after (not shown)")
  }
}
