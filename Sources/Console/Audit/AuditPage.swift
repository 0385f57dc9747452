internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier
internal import ServiceHTTP

extension PageService {
  /// The audit trail.
  var auditRoutes: [RouteTable.Route] {
    [get("/audit", .signedIn(.lookupEvents, on: .account)) { try await $0.auditPage() }]
  }
}

extension PageCall {
  /// How many rows a page has.
  private static let pageSize = 50

  fileprivate func auditPage() async throws -> Answer {
    let user = form.text("user") ?? query.text("user")
    // A name that nobody can have has no rows.
    let name = try user.map { (text) throws(VerifierError) in try UserName(text) }
    let found = try await verifier.auditRecords(
      AuditQuery(user: name, after: query["before"], order: .newestFirst, limit: Self.pageSize + 1))
    let page = Listing(found, limit: Self.pageSize, name: \.id)
    var view: View = ["atAudit": true, "hasRows": !page.items.isEmpty, "rows": page.items.map(Self.row(of:))]
    view["filter"] = user
    if let next = page.next {
      view["next"] = "/audit?before=\(next)" + (user.map { "&user=\(PercentEncoding.encode($0))" } ?? "")
    }
    return self.page("audit", "Audit", view)
  }

  private static func row(of record: AuditRecord) -> View {
    let event = record.event
    var row: View = [
      "time": UnixTime.epoch.advanced(by: event.time).text.replacing("T", with: " ").replacing("Z", with: ""),
      "event": event.name.rawValue,
      "outcome": event.outcome.rawValue, "user": event.user,
      "device": event.device.map { Serial(stored: $0).name } ?? "",
      // Everybody here is of the same account.
      "actor": record.context.actor.hasPrefix("arn:")
        ? record.context.actor.split(separator: ":").last.map(String.init) ?? "" : record.context.actor,
      "source": record.context.source ?? "",
    ]
    row["reason"] = event.reason
    return row
  }
}
