internal import AWSQuery
internal import Authentication
internal import Directory
internal import Enrollment
internal import HTTPTypes
internal import OATH
internal import QRCode
internal import Verifier
internal import ServiceHTTP

extension PageService {
  /// A person's own devices: assign, resync, remove.
  var deviceRoutes: [RouteTable.Route] {
    let devices = "/security-credentials/devices"
    return [
      get("\(devices)/new", .signedIn(.createVirtualMFADevice, on: .own, beforeAssigning: true)) {
        try $0.newDevicePage()
      },
      post(devices, .signedIn(.createVirtualMFADevice, on: .own, beforeAssigning: true)) {
        try await $0.createDevice()
      },
      post("\(devices)/{id}/codes", .signedIn(.enableMFADevice, on: .own, beforeAssigning: true)) {
        try await $0.enableDevice()
      },
      get("\(devices)/{id}/resync", .signedIn(.resyncMFADevice, on: .own)) { call in
        call.firstCodePage(call.resyncForm(try call.ownDevice()))
      },
      post("\(devices)/{id}/resync", .signedIn(.resyncMFADevice, on: .own)) { try await $0.resyncDevice() },
      get("\(devices)/{id}/remove", .signedIn(.discardMFADevice, on: .own, beforeAssigning: true)) {
        try $0.removalPage()
      },
      post("\(devices)/{id}/remove", .signedIn(.discardMFADevice, on: .own, beforeAssigning: true)) {
        try await $0.removeDevice()
      },
    ]
  }
}

extension PageCall {
  private static let home = "/security-credentials/devices"

  /// The device in the path, which is to be one of the person's own: others' are not there.
  fileprivate func ownDevice() throws -> Device {
    guard let device = try owner().devices.first(where: { $0.id.text == parameters.first }) else {
      throw PageProblem.notFound
    }
    return device
  }

  // MARK: Assigning one

  /// Whoever has a device shows a code of it before there is another one.
  private func requireMayAssign() throws {
    guard try !owner().hasMFADevice || enrolmentLimits().allowsFurtherDevice else { throw PageProblem.needsMFA }
  }

  fileprivate func newDevicePage(error: String? = nil) throws -> Answer {
    try requireMayAssign()
    let name = Field(
      name: "name", label: "Device name", value: form["name"],
      hint: "Letters, digits and _+=,.@- such as my-phone. It has to be unique in the account.", error: error)
    return page(
      "step", "Assign MFA device",
      [
        "lines": ["An authenticator app on your phone, or in your terminal, shows a new code every 30 seconds."],
        "form": view(of: PageForm(action: Self.home, submit: "Continue", fields: [name])),
        "links": [["to": "/security-credentials", "text": "Cancel"]], "atCredentials": true,
      ], status: error == nil ? .ok : .unprocessableContent)
  }

  fileprivate func createDevice() async throws -> Answer {
    try requireMayAssign()
    let owner = try owner(), settings = try await directory.store.settings()
    let name: DeviceName
    do throws(VerifierError) { name = try DeviceName(form.text("name") ?? "") } catch {
      return try newDevicePage(error: error.description.sentence)
    }
    var wanted = DeviceRequest(user: owner.user.name, name: name, issuer: pages.issuer)
    // What administrators make for others waits among root's.
    wanted.unassignedLimit = owner.isRoot ? nil : IAMUser.deviceLimit
    wanted.label = "\(owner.isRoot ? "root" : owner.user.name.text)@\(settings.alias ?? settings.id.text)"
    guard let new = try await begin(wanted) else {
      return try newDevicePage(error: "There is a device of this name. Choose another one.")
    }
    let field = Field.code("code1", "First code", hint: "What the device shows now.", of: [new.device])
    return page(
      "assign", "Assign MFA device",
      [
        "qr": new.handout.symbol.svg(), "secret": new.handout.secretInGroups(), "device": name.text,
        "atCredentials": true,
        "form": view(
          of: PageForm(action: "\(Self.home)/\(new.device.id.text)/codes", submit: "Continue", fields: [field])),
      ])
  }

  /// nil where the name is taken.
  private func begin(_ wanted: DeviceRequest) async throws(VerifierError) -> NewDevice? {
    do throws(VerifierError) {
      return try await Enrollment(verifier: verifier).begin(wanted, at: now)
    } catch .serialTaken { return nil }
  }

  fileprivate func enableDevice() async throws -> Answer {
    try requireMayAssign()
    let device = try ownDevice(), owner = try owner()
    let codes = PairForm(
      title: "Assign MFA device", action: "\(Self.home)/\(device.id.text)/codes",
      lines: ["Two consecutive codes show that \(device.serial.name) and this service agree."],
      submit: "Assign MFA device", device: device)
    let pair: CodePair
    switch self.pair(codes) {
    case .page(let answer): return answer
    case .pair(let typed): pair = typed
    }
    let verdict = try await verifier.enable(
      .id(device.id), for: owner.user.name, within: enrolmentLimits(), with: pair, at: now)
    if let refusal = refusal(verdict, codes) { return refusal }
    // Two codes are more than the one of a sign-in; and whoever knew the session before knows it no longer.
    var answer = home(after: "assigned")
    let step = try await signingIn.continueWithMFA(owner.user.name, in: ownSession(), from: request, at: now)
    answer.hold(step.session, for: request)
    return answer
  }

  // MARK: Resync and removal

  fileprivate func resyncForm(_ device: Device) -> PairForm {
    PairForm(
      title: "Resync MFA device", action: "\(Self.home)/\(device.id.text)/resync",
      lines: ["The clock of \(device.serial.name) may have drifted. Two consecutive codes bring it in step again."],
      submit: "Resync", device: device)
  }

  fileprivate func resyncDevice() async throws -> Answer {
    let device = try ownDevice(), codes = resyncForm(device)
    switch pair(codes) {
    case .page(let answer): return answer
    case .pair(let pair):
      let limits = allows(.resyncMFADevice, on: .users(pathPrefix: "/")) ? ResyncLimits.administrative : .selfService
      let verdict = try await verifier.resync(
        .id(device.id), of: owner().user.name, with: pair, within: limits, at: now)
      return refusal(verdict, codes) ?? home(after: "resynced")
    }
  }

  fileprivate func removalPage(error: String? = nil, alert: String? = nil) throws -> Answer {
    let device = try ownDevice(), isAssigned = device.isAssigned
    let lines =
      isAssigned
      ? ["\(device.serial.name) will not sign you in any more. Type a code, of it or of another device of yours."]
      : ["\(device.serial.name) was never assigned. What was scanned of it becomes useless."]
    let path = "\(Self.home)/\(device.id.text)/remove"
    var removal = PageForm(action: path, submit: "Remove", isDangerous: true)
    if isAssigned { (removal.fields, removal.hidden) = ([codeField(error: error)], codeKind) }
    var view: View = [
      "lines": lines, "atCredentials": true, "form": self.view(of: removal),
      "links": (isAssigned ? [codeKindLink(from: path)] : [])
        + [["to": "/security-credentials", "text": "Cancel"]],
    ]
    view["alert"] = alert
    return page(
      "step", "Remove MFA device", view, status: error == nil && alert == nil ? .ok : .unprocessableContent)
  }

  fileprivate func removeDevice() async throws -> Answer {
    let device = try ownDevice()
    if device.isAssigned {
      if let refusal = try await directory.check(form["code"] ?? "", of: owner(), at: now, observe: pages.observe) {
        return try refusal.isLock ? removalPage(alert: refusal.text) : removalPage(error: refusal.text)
      }
      try require(.deactivateMFADevice, on: resource(.own), mfaPresent: true)
      _ = try await verifier.deactivate(.id(device.id), of: owner().user.name, at: now)
    }
    _ = try await verifier.delete(.id(device.id), at: now)
    return home(after: "removed")
  }
}
