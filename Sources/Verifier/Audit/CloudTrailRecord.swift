internal import OATH

/// An audit row in the shape that tools for CloudTrail read. What CloudTrail has no place for is in `additionalEventData`.
package struct CloudTrailRecord: Encodable {
  struct Identity: Encodable {
    var type, principalId: String
    var arn, userName: String?

    init(actor: String) {
      principalId = actor
      guard actor.hasPrefix("arn:") else {
        (type, userName) = ("IAMUser", actor)
        return
      }
      (arn, userName) = (actor, actor.split(separator: "/").last.map(String.init))
      type = actor.hasSuffix(":root") ? "Root" : "IAMUser"
      if type == "Root" { userName = nil }
    }
  }
  struct Parameters: Encodable {
    var userName, serialNumber: String?
  }
  struct Additional: Encodable {
    var outcome: String
    var reason: String?
    var batch: Int64?
    var tag: String
  }

  var eventVersion = "1.08"
  var userIdentity: Identity
  var eventTime: String
  var eventSource = "vmfa"
  var eventName: String
  var awsRegion = "aws-global"
  var sourceIPAddress: String
  var userAgent = "vmfa"
  var errorCode: String?
  var requestParameters: Parameters
  var additionalEventData: Additional
  var requestID: String?
  var eventID: String
  var readOnly = false
  var eventType = "AwsServiceEvent"
  var managementEvent = true
  var recipientAccountId: String?

  /// What follows from a call, and is none of AWS's own.
  private static let ownEvents = ["VerifyCode", "LockUser"]
  private static let tokenEvents = ["GetSessionToken", "GetCallerIdentity"]

  package init(_ row: AuditRecord) {
    let event = row.event, isRefused = event.outcome == .rejected
    userIdentity = Identity(actor: row.context.actor)
    eventTime = event.timeText
    eventName = event.name.rawValue
    sourceIPAddress = row.context.source ?? "local"
    errorCode = isRefused ? event.reason ?? "rejected" : nil
    requestParameters = Parameters(userName: event.user.isEmpty ? nil : event.user, serialNumber: event.device)
    additionalEventData = Additional(
      outcome: event.outcome.rawValue, reason: event.reason, batch: row.batch, tag: row.tag.hexadecimal)
    requestID = row.context.requestID
    if userIdentity.arn != nil, !Self.ownEvents.contains(eventName) {
      eventSource = Self.tokenEvents.contains(eventName) ? "sts.amazonaws.com" : "iam.amazonaws.com"
      (eventType, readOnly) = ("AwsApiCall", eventName.hasPrefix("Get") || eventName.hasPrefix("List"))
    }
    eventID = row.id
    // arn:aws:iam::ACCOUNT:mfa/NAME
    recipientAccountId = event.device?.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first
      .map(String.init)
  }
}

extension AuditEvent {
  /// RFC 3339; the number itself where somebody has made it one that is no time.
  package var timeText: String { (try? UnixTime(seconds: time))?.text ?? String(time) }
}
