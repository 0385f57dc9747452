internal import AWSQuery
internal import Directory
internal import Enrollment
internal import Foundation
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import QRCode
internal import Verifier
internal import ServiceHTTP

/// A device as JSON; never its seed.
struct DeviceJSON: Encodable {
  var id, serial, user, issuer, status, algorithm: String
  var digits: Int
  var period: Int64
  var createdAt: String
  var enabledAt, lastUsedAt: String?

  init(_ device: Device) {
    (id, serial, user, issuer) = (device.id.text, device.serial.text, device.user.text, device.issuer)
    (status, algorithm) = (device.status.rawValue, device.parameters.algorithm.rawValue)
    (digits, period) = (device.parameters.digits.rawValue, device.parameters.period)
    (createdAt, enabledAt, lastUsedAt) = (device.createdAt.text, device.enabledAt?.text, device.lastUsedAt?.text)
  }
}

extension Answer {
  /// Keys sorted, and in snake_case but for what has the shape of CloudTrail's.
  static func json(
    _ status: HTTPResponse.Status = .ok, keys: JSONEncoder.KeyEncodingStrategy = .convertToSnakeCase,
    encoding value: some Encodable
  ) throws -> Answer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = keys
    return Answer(status, type: "application/json", body: [UInt8](try encoder.encode(value)))
  }
}

extension RESTService {
  private struct Created: Encodable {
    var id, serial, user, secret, uri, qrSvg, qrPng: String
  }

  private struct DeviceList: Encodable {
    var devices: [DeviceJSON]
    var cursor: String?
    var unreadable: [String]?
  }

  func createDevice(_ call: Call) async throws -> Answer {
    let body = try JSONObject(call.request, allowed: ["name", "issuer", "algorithm", "digits", "period"])
    let name = try body.optionalText("name").map { (text) throws(VerifierError) in try DeviceName(text) }
    let user = try call.user()
    let request = DeviceRequest(
      user: user, name: name, issuer: try body.optionalText("issuer") ?? issuer,
      parameters: try Self.parameters(body))
    let new = try await Enrollment(verifier: call.verifier).begin(request, at: call.now)
    let png = Data(try new.handout.symbol.png()).base64EncodedString()
    var answer = try Answer.json(
      .created,
      encoding: Created(
        id: new.device.id.text, serial: new.device.serial.text, user: new.device.user.text,
        secret: new.handout.secretText(), uri: new.handout.uriText(), qrSvg: new.handout.symbol.svg(), qrPng: png))
    answer.headers[.location] = "/v1/devices/\(new.device.id.text)"
    return answer
  }

  private static func parameters(_ body: JSONObject) throws -> TOTPParameters {
    let standard = TOTPParameters.standard, name = try body.optionalText("algorithm")
    let digits = try body.optionalInteger("digits"), period = try body.optionalInteger("period")
    do throws(OATHError) {
      let algorithm = try name.map { (name) throws(OATHError) in try HashAlgorithm(named: name) }
      return try TOTPParameters(
        algorithm: algorithm ?? standard.algorithm,
        digits: Digits(count: digits.map { Int(clamping: $0) } ?? standard.digits.rawValue),
        period: period ?? standard.period)
    } catch { throw Problem.badRequest("\(error)") }
  }

  /// A pair of codes that was refused is no error of the request, and no success: 422 says so.
  private func answer(_ verdict: SyncVerdict) -> Answer {
    switch verdict {
    case .accepted(let device, _, let drift):
      .json(#"{"result":"accepted","device":\#(device.text.quotedAsJSON),"drift":\#(drift)}"#)
    case .refused: .json(#"{"result":"rejected","reason":"refused"}"#, .unprocessableContent)
    case .locked(let retryAfter):
      .json(
        #"{"result":"rejected","reason":"locked"\#(retryAfter.map { #","retry_after":\#($0)"# } ?? "")}"#,
        .unprocessableContent)
    case .budgetSpent: .json(#"{"result":"rejected","reason":"locked"}"#, .unprocessableContent)
    }
  }

  private func pair(_ call: Call) throws -> CodePair {
    let body = try JSONObject(call.request, allowed: ["code1", "code2"])
    return CodePair(try body.code("code1"), try body.code("code2"))
  }

  func enableDevice(_ call: Call) async throws -> Answer {
    let pair = try pair(call), device = try await call.authorizedDevice()
    return answer(
      try await call.verifier.enable(
        call.device, for: device.user, within: .administrative(deviceLimit: IAMUser.deviceLimit), with: pair,
        at: call.now))
  }

  func resyncDevice(_ call: Call) async throws -> Answer {
    let pair = try pair(call)
    try await call.authorizedDevice()
    return answer(try await call.verifier.resync(call.device, with: pair, within: .administrative, at: call.now))
  }

  func deactivateDevice(_ call: Call) async throws -> Answer {
    try await call.authorizedDevice()
    return try .json(encoding: DeviceJSON(try await call.verifier.deactivate(call.device, at: call.now)))
  }

  func unlockDevice(_ call: Call) async throws -> Answer {
    try await call.authorizedDevice()
    return try .json(encoding: DeviceJSON(try await call.verifier.unlock(call.device, at: call.now)))
  }

  func deleteDevice(_ call: Call) async throws -> Answer {
    try await call.authorizedDevice()
    _ = try await call.verifier.delete(call.device, evenIfEnabled: true, at: call.now)
    return .nothing
  }

  func listUsersDevices(_ call: Call) async throws -> Answer {
    let user = try call.user(), devices = try await call.verifier.user(user).devices
    try await recordRead("ListMFADevices", user: user, call)
    return try .json(encoding: DeviceList(devices: devices.map(DeviceJSON.init), cursor: nil))
  }

  func listDevices(_ call: Call) async throws -> Answer {
    let form = try call.request.parameters(["status", "cursor", "limit"]), limit = try Incoming.limit(in: form)
    let status = try form["status"].map { text in
      guard let status = Device.Status(rawValue: text) else {
        throw Problem.badRequest("status is unassigned, active or disabled")
      }
      return status
    }
    let found = try await call.directory.store.devices(DeviceQuery(status: status, after: form["cursor"], limit: limit))
    try await recordRead("ListVirtualMFADevices", call)
    errors.report(found.unreadable, to: call.request.id)
    return try .json(
      encoding: DeviceList(
        devices: found.items.map(DeviceJSON.init), cursor: found.next,
        unreadable: found.unreadable.isEmpty ? nil : found.unreadable.map { $0.name ?? "" }))
  }
}
