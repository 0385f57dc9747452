package import Directory
package import Foundation
import HTTPTypes
import OATH
import StoreContract
import TestSupport
import Testing
import Verifier

/// What an earlier version stored, and what its clients still hold. The files of TestVectors/upgrade were made by the commit
/// before the tables were renamed, and session tokens became typed.
package struct UpgradeCheck: Decodable {
  private struct Key: Decodable {
    var id, secret: String
    var token: String?
  }

  private var time, spentStep: Int64
  private var user, password, serial, seed, recoveryCode, pageSession, auditHead: String
  private var tokens: [String: String]
  private var rootKey, accessKey, session, mfaSession: Key

  /// - Parameter name: of the files, such as `sqlite`.
  package static func load(_ name: String) throws -> UpgradeCheck {
    try JSONDecoder().decode(UpgradeCheck.self, from: Data(contentsOf: file("\(name).json")))
  }

  package static func file(_ name: String) -> URL { Vectors.root.appending(path: "TestVectors/upgrade/\(name)") }

  /// Copies the key file of `name` to a place of its own, where nobody else can read it.
  package static func copyKey(_ name: String, to path: String) throws {
    try FileManager.default.copyItem(atPath: file("\(name).key").path, toPath: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }

  /// Uses everything once, a minute after it was stored.
  package func run(on store: any DirectoryStore, keyFile: String) async throws {
    let keys = try await KeyRing(opening: store, keyFile: keyFile, makingKey: false)
    let service = try ServiceHarness(
      store: store, keys: keys, rootKey: Signer(id: rootKey.id, secret: rootKey.secret),
      at: .epoch.advanced(by: time + 60))
    try await checkRecords(service)
    try await checkIAM(service)
    try await checkCodes(service)
    var browser = Browser(service, cookies: ["vmfa-session": pageSession])
    #expect(await browser.get("/security-credentials") == 200)
    var other = Browser(service)
    #expect(await other.signIn(user, password) == 303 && other.location == "/mfa")
    let verifier = service.bench.verifier
    #expect(try await verifier.verifyAudit(against: AuditHead(auditHead)).findings.isEmpty)
    #expect(try await verifier.checkDatabase().problems.isEmpty)
    #expect(try await service.directory.unreadable().isEmpty)
  }

  private func checkRecords(_ service: ServiceHarness) async throws {
    let rules = try await service.bench.store.rules(),
      found = try await service.directory.iamUser(named: UserName(user))
    #expect(rules[.window] == 3 && rules[.lockAfter] == 7 && rules[.lockBase] == 60)
    #expect(
      found.arn == "arn:aws:iam::123456789012:user/team/alice" && found.record.tags == [Tag(key: "k", value: "v")])
    #expect(found.record.deviceTags[serial] == [Tag(key: "place", value: "desk")] && found.hasMFADevice)
    let settings = try await service.directory.store.settings()
    #expect(settings.alias == "example" && settings.passwordPolicy?.minimumLength == 10)
  }

  private func checkIAM(_ service: ServiceHarness) async throws {
    #expect(try await service.iam("ListUsers").xml.contains("<UserName>bob</UserName>"))
    let key = Signer(id: accessKey.id, secret: accessKey.secret)
    #expect(try await service.iam("GetUser", as: key).status == 200)
    let plain = Signer(id: session.id, secret: session.secret, sessionToken: session.token)
    #expect(try await service.iam("GetCallerIdentity", service: "sts", as: plain).status == 200)
    let withMFA = Signer(id: mfaSession.id, secret: mfaSession.secret, sessionToken: mfaSession.token)
    #expect(try await service.iam("ListAccessKeys", as: withMFA).status == 200)
  }

  private func checkCodes(_ service: ServiceHarness) async throws {
    let path = "/v1/users/\(user)/verify", token = tokens["verify"]
    for (step, result) in [(spentStep, "reused"), (spentStep + 2, "accepted"), (spentStep + 2, "reused")] {
      let code = try code(at: step)
      #expect(await service.rest(.post, path, "{\"code\":\"\(code)\"}", token: token).body.contains(result))
    }
    for result in ["accepted", "reused"] {
      #expect(
        await service.rest(.post, path, "{\"code\":\"\(recoveryCode)\"}", token: token).body.contains(result))
    }
    #expect(await service.rest(.get, "/v1/devices", token: tokens["admin"]).body.contains(serial))
  }

  private func code(at step: Int64) throws -> String {
    let text = Array(seed.utf8), key = try Base32.decode(text.span, .strict)
    var totp = try TOTP(secret: key, parameters: .standard)
    return try #require(try totp.code(step: step)).digits
  }
}
