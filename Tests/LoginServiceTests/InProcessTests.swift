import Directory
import Foundation
import HTTPTypes
import OATH
import ServiceHarness
import ServiceHTTP
import StoreContract
import TestSupport
import Testing
import Verifier

/// Every front of the service, through the responder.
@Suite struct InProcessTests {
  private static let password = "correct horse battery"

  /// The service with una, who has a password and a device.
  private func service() async throws -> ServiceHarness {
    let service = try await ServiceHarness(), una = try UserName("una")
    _ = try await service.directory.createUser(
      una, password: service.secret(Self.password), at: service.now)
    _ = try await service.bench.enrolled(for: "una")
    return service
  }

  @Test func `the OpenAPI document has the routes that there are`() async throws {
    let service = try await ServiceHarness()
    let document = await service.send(.get, "/openapi.yaml").text
    let documented = Set(document.matches(of: /(?m)^  (\/\S*):$/).map { String($0.1) })
    let pages = [
      "/assets", "/audit", "/auth", "/credential-report", "/mfa", "/new-", "/password-policy", "/security-", "/sign",
      "/users",
    ]
    let served = service.routes.filter { route in route != "/" && !pages.contains { route.hasPrefix($0) } }
    #expect(documented == Set(served) && documented.count == 14)
  }

  // MARK: REST

  @Test func `a code is accepted once`() async throws {
    let service = try await service(), token = try await service.token(.verify)
    let code = "{\"code\":\"\(try Bench.code(Bench.step()).digits)\"}"
    let first = await service.rest(.post, "/v1/users/una/verify", code, token: token)
    #expect(first.status == 200 && first.body.hasPrefix(#"{"result":"accepted","device":"arn:"#))
    let second = await service.rest(.post, "/v1/users/una/verify", code, token: token)
    #expect(second.status == 200 && second.body == #"{"result":"rejected","reason":"reused"}"#)
  }

  @Test func `a token does what its scope says, and nothing to root`() async throws {
    let service = try await service(), device = try await service.bench.created(for: "<root_account>", name: "roots")
    let id = try await service.bench.device(device).id.text
    let verify = try await service.token(.verify), admin = try await service.token(.admin)
    for (token, status, code) in [(nil, 401, "unauthorized"), ("x", 401, "unauthorized"), (verify, 403, "wrong_scope")]
    {
      let answer = await service.rest(.get, "/v1/users/una/devices", token: token)
      #expect(answer.status == status && answer.body.contains(code))
    }
    #expect(await service.rest(.get, "/v1/users/una/devices", token: admin).status == 200)
    for action in ["deactivate", "unlock"] {
      let answer = await service.rest(.post, "/v1/devices/\(id)/\(action)", token: admin)
      #expect(answer.status == 403 && answer.body.contains("root_user"))
    }
    // A device that waits for anybody is root's in name alone.
    #expect(await service.rest(.delete, "/v1/devices/\(id)", token: admin).status == 204)
    #expect(await service.rest(.delete, "/v1/devices/\(id)", token: admin).status == 404)
  }

  // MARK: IAM and STS

  @Test func `root creates a user, who may look at themselves alone`() async throws {
    let service = try await ServiceHarness()
    let made = try await service.iam("CreateUser", ["UserName": "ugo", "Path": "/team/"])
    #expect(made.status == 200 && made.xml.contains("<Arn>arn:aws:iam::123456789012:user/team/ugo</Arn>"))
    let key = try await service.key(of: "ugo")
    #expect(try await service.iam("GetUser", as: key).xml.contains("<UserName>ugo</UserName>"))
    let refused = try await service.iam("ListUsers", as: key)
    #expect(
      refused.status == 403
        && refused.xml.contains(
          "User: arn:aws:iam::123456789012:user/team/ugo is not authorized to perform: iam:ListUsers on resource: "
            + "arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers action")
    )
  }

  @Test func `an explicit deny is told from an implicit one`() async throws {
    let service = try await service(), key = try await service.key(of: "una")
    let bare = try await service.iam("ListAccessKeys", as: key)
    #expect(bare.status == 403 && bare.xml.contains("with an explicit deny in an identity-based policy"))
    let other = try await service.iam("ListAccessKeys", ["UserName": "ugo"], as: key)
    #expect(other.status == 403 && other.xml.contains("because no identity-based policy allows"))
  }

  @Test func `a session with MFA may do more, and one without opens no way into IAM`() async throws {
    let service = try await service(), key = try await service.key(of: "una")
    let serial = try await service.directory.iamUser(named: UserName("una")).devices[0].serial.text
    let plain = try await service.iam("GetSessionToken", service: "sts", as: key)
    let code = try Bench.code(Bench.step()).digits
    let withMFA = try await service.iam(
      "GetSessionToken", ["SerialNumber": serial, "TokenCode": code], service: "sts", as: key)
    #expect(plain.status == 200 && withMFA.status == 200)
    #expect(try await service.iam("GetUser", as: session(plain.xml, service)).xml.contains("InvalidClientTokenId"))
    #expect(try await service.iam("ListAccessKeys", as: session(withMFA.xml, service)).status == 200)
    // Its owner is gone, and one of the same name is another.
    try await service.directory.deleteAccessKey(key.id, of: UserName("una"), at: service.now)
    #expect(try await service.iam("ListAccessKeys", as: session(withMFA.xml, service)).status == 200)
    service.now = service.now.advanced(by: 43_200)
    #expect(try await service.iam("ListAccessKeys", as: session(withMFA.xml, service)).xml.contains("ExpiredToken"))
  }

  private func session(_ xml: String, _ service: ServiceHarness) throws -> Signer {
    func element(_ name: String) throws -> String {
      let start = try #require(xml.range(of: "<\(name)>")), end = try #require(xml.range(of: "</\(name)>"))
      return String(xml[start.upperBound..<end.lowerBound])
    }
    return Signer(
      id: try element("AccessKeyId"), secret: service.secret(try element("SecretAccessKey")),
      sessionToken: try element("SessionToken"))
  }

  // MARK: Pages

  @Test func `a person signs in with a password and a code`() async throws {
    let service = try await service()
    var browser = Browser(service)
    #expect(await browser.get("/security-credentials") == 303)
    #expect(await browser.signIn("una", "wrong") == 403)
    #expect(await browser.signIn("una", Self.password) == 303 && browser.location == "/mfa")
    #expect(await browser.get("/mfa") == 200)
    #expect(await browser.post("/mfa", ["code": try Bench.wrongCode().digits]) == 403)
    #expect(await browser.post("/mfa", ["code": try Bench.code(Bench.step()).digits]) == 303)
    #expect(await browser.get("/security-credentials") == 200 && browser.text.contains("alice") == false)
    // What is administrators' is not theirs, and their own page in the list of users is not either.
    for path in ["/users", "/users/una", "/audit", "/password-policy", "/new-user"] {
      #expect(await browser.get(path) == 403, "\(path)")
    }
  }

  @Test func `an administrator manages users`() async throws {
    let service = try await service()
    _ = try await service.directory.createUser(
      UserName("ada"), administrator: true, password: service.secret(Self.password), at: service.now)
    var browser = Browser(service)
    #expect(await browser.signIn("ada", Self.password) == 303)
    #expect(await browser.get("/users") == 200 && browser.text.contains("una"))
    #expect(await browser.get("/users/una") == 200)
    #expect(await browser.post("/users/una/require-mfa", ["required": "yes"]) == 303)
    #expect(try await service.directory.iamUser(named: UserName("una")).record.requiresMFA)
    // A form that was made for another browser changes nothing.
    #expect(await browser.get("/users/una") == 200)
    #expect(
      await browser.post("/users/una/require-mfa", ["required": "no", "token": String(repeating: "0", count: 64)])
        == 403)
    #expect(try await service.directory.iamUser(named: UserName("una")).record.requiresMFA)
  }
}
