internal import AWSQuery
internal import Foundation
internal import HTTPTypes
internal import OATH
internal import Verifier
internal import ServiceHTTP

extension RESTService {
  private struct AuditPage: Encodable {
    var records: [CloudTrailRecord]
    var after: String?
  }

  private struct RecoveryCodes: Encodable {
    var user: String
    var recoveryCodes: [String]
  }

  func listAudit(_ call: Call) async throws -> Answer {
    let form = try call.request.parameters(["after", "limit"]), limit = try Incoming.limit(in: form)
    // What was recorded a moment ago is to be in it. Where sealing fails, the sealer says so every second, and the trail as
    // far as it is sealed is right all the same.
    _ = try? await call.verifier.sealAudit(at: call.now)
    let rows = try await call.verifier.auditTrail(AuditQuery(limit: limit), after: form["after"])
    // Who reads the trail leaves none in it: each page would be the reason for a next one.
    let last = rows.count == limit ? rows.last?.id : nil
    return try .json(keys: .useDefaultKeys, encoding: AuditPage(records: rows.map(CloudTrailRecord.init), after: last))
  }

  func createRecoveryCodes(_ call: Call) async throws -> Answer {
    let user = try call.user()
    let codes = try await call.verifier.createRecoveryCodes(for: user, at: call.now)
    return try .json(.created, encoding: RecoveryCodes(user: user.text, recoveryCodes: codes))
  }
}
