import StoreContract
import Foundation
import OATH
import Testing

@testable import Verifier

@Suite struct CloudTrailRecordTests {
  /// The record of a row, as JSON that was read back.
  private func record(
    _ name: AuditEvent.Name, _ outcome: AuditEvent.Outcome = .done, reason: String? = nil, user: String? = nil,
    device: String? = nil, by actor: String, source: String? = nil
  ) throws -> [String: Any] {
    let event = AuditEvent(
      name, at: Bench.now, outcome, reason: reason, user: try user.map { try UserName($0) },
      device: device.map(Serial.init(stored:)))
    let context = RequestContext(actor: actor, source: source, requestID: "r-1")
    let row = AuditRecord(
      id: "i-1", event: event, context: context, keyID: "k", tag: [0xAB, 1], batch: 7)
    let data = try JSONEncoder().encode(CloudTrailRecord(row))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func text(_ record: [String: Any], _ path: String...) -> String? {
    var value: Any? = record
    for name in path { value = (value as? [String: Any])?[name] }
    return value as? String
  }

  @Test func `a call of IAM by a user`() throws {
    let arn = "arn:aws:iam::123456789012:user/ops/alice"
    let found = try record(
      .init(rawValue: "ListMFADevices"), user: "bob", device: "arn:aws:iam::123456789012:mfa/bob", by: arn,
      source: "192.0.2.1")
    #expect(text(found, "eventSource") == "iam.amazonaws.com" && text(found, "eventType") == "AwsApiCall")
    #expect(found["readOnly"] as? Bool == true && found["managementEvent"] as? Bool == true)
    #expect(text(found, "userIdentity", "type") == "IAMUser" && text(found, "userIdentity", "userName") == "alice")
    #expect(text(found, "userIdentity", "arn") == arn && text(found, "userIdentity", "principalId") == arn)
    #expect(
      text(found, "requestParameters", "userName") == "bob" && text(found, "recipientAccountId") == "123456789012")
    #expect(text(found, "sourceIPAddress") == "192.0.2.1" && found["errorCode"] == nil)
    #expect(text(found, "eventID") == "i-1" && text(found, "requestID") == "r-1")
    #expect(text(found, "additionalEventData", "tag") == "ab01" && text(found, "eventTime") == Bench.now.text)
  }

  @Test func `root has no user name, and tokens are of STS`() throws {
    let root = "arn:aws:iam::123456789012:root"
    let found = try record(.init(rawValue: "GetSessionToken"), by: root)
    #expect(text(found, "eventSource") == "sts.amazonaws.com" && found["readOnly"] as? Bool == true)
    #expect(text(found, "userIdentity", "type") == "Root" && text(found, "userIdentity", "userName") == nil)
    #expect(text(found, "sourceIPAddress") == "local" && found["recipientAccountId"] == nil)
    #expect(try record(.init(rawValue: "CreateUser"), by: root)["readOnly"] as? Bool == false)
  }

  @Test func `what follows from a call, and what a command did, is the service's own`() throws {
    let arn = "arn:aws:iam::123456789012:user/alice"
    for (name, actor) in [("VerifyCode", arn), ("LockUser", arn), ("ListUsers", "command:root")] {
      let found = try record(.init(rawValue: name), .rejected, reason: "wrong_code", by: actor)
      #expect(text(found, "eventSource") == "vmfa" && text(found, "eventType") == "AwsServiceEvent", "\(name)")
      #expect(found["readOnly"] as? Bool == false && text(found, "errorCode") == "wrong_code")
    }
    let found = try record(.init(rawValue: "VerifyCode"), .rejected, by: "token:t")
    #expect(text(found, "errorCode") == "rejected" && text(found, "userIdentity", "userName") == "token:t")
    #expect(
      try text(record(.init(rawValue: "VerifyCode"), .accepted, reason: "9 left", by: "token:t"), "errorCode") == nil)
  }
}
