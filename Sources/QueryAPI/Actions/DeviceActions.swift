internal import AWSQuery
internal import Authentication
internal import Directory
internal import Enrollment
internal import Foundation
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import QRCode
internal import Verifier

extension QueryAction {
  /// Virtual MFA devices.
  static let deviceActions = [
    QueryAction(.createVirtualMFADevice, on: .newDevice) { try await $0.createDevice() },
    QueryAction(.enableMFADevice, on: .user) { try await $0.enableDevice() },
    QueryAction(.resyncMFADevice, on: .user) { try await $0.resyncDevice() },
    QueryAction(.deactivateMFADevice, on: .user) { try await $0.deactivateDevice() },
    QueryAction(.deleteVirtualMFADevice, on: .device) { try await $0.deleteDevice() },
    QueryAction(.listMFADevices, on: .user) { try await $0.listDevices() },
    QueryAction(.listVirtualMFADevices, on: .account) { try await $0.listVirtualDevices() },
    QueryAction(.getMFADevice, on: .user) { try await $0.getDevice() },
    QueryAction(.tagMFADevice, on: .device) { try await $0.tagDevice() },
    QueryAction(.untagMFADevice, on: .device) { try await $0.untagDevice() },
    QueryAction(.listMFADeviceTags, on: .user) { try await $0.listDeviceTags() },
  ]
}

extension ActionCall {
  /// AWS's seeds of virtual devices: 320 bits.
  private static let seedByteCount = 40

  fileprivate func createDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let text = parameters.required("VirtualMFADeviceName", .deviceName)
    let path = parameters.optional("Path", .path) ?? "/",
      tags = parameters.accountTags()
    try parameters.check()
    try Self.check(path: path)
    try Self.check(tags: tags)
    let settings = try await directory.store.settings(), name = try DeviceName(text)
    // A path may hold what a serial may not, and then no action could name the device.
    guard let serial = try? Serial(account: settings.id, path: path, name: name),
      Parameters.Constraint.serialNumber.holds(serial.text)
    else { throw QueryError.invalidPath }
    // A device that an administrator makes is for anybody.
    var request = DeviceRequest(
      user: enablesForAnybody ? .root : caller.name, name: name, issuer: issuer)
    request.path = path
    // What nobody asked for is not to fill the table.
    request.unassignedLimit = enablesForAnybody ? nil : IAMUser.deviceLimit
    request.label = "\(name.text)@\(settings.alias ?? settings.id.text)"
    let new = try await Enrollment(verifier: verifier).begin(request, seedByteCount: Self.seedByteCount, at: now)
    if !tags.isEmpty { try await directory.setTags(tags, of: new.device, at: now) }
    let seed = Data(new.handout.secretText().utf8).base64EncodedString()
    let symbol = Data(try new.handout.symbol.png()).base64EncodedString()
    var xml = XMLText()
    xml.group("VirtualMFADevice") { xml in
      xml.element("SerialNumber", new.device.serial.text)
      xml.element("Base32StringSeed", seed)
      xml.element("QRCodePNG", symbol)
      if !tags.isEmpty { xml.write(tags) }
    }
    return xml
  }

  private func pair(_ parameters: inout Parameters) throws -> CodePair {
    let first = parameters.required("AuthenticationCode1", .code)
    let second = parameters.required("AuthenticationCode2", .code)
    try parameters.check()
    return CodePair(try OneTimeCode(parsing: first), try OneTimeCode(parsing: second))
  }

  fileprivate func enableDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let user = parameters.required("UserName", .userName), serial = parameters.required("SerialNumber", .serialNumber)
    let pair = try pair(&parameters)
    let verdict = try await verifier.enable(
      .serial(Serial(stored: serial)), for: named(user), within: enrolmentLimits, with: pair, at: now)
    try Self.require(verdict)
    return nil
  }

  /// A key alone gets no second factor for somebody who has one: a further device takes a session with MFA.
  private var enrolmentLimits: EnrolmentLimits {
    if enablesForAnybody { return .administrative(deviceLimit: IAMUser.deviceLimit) }
    return .selfService(
      of: caller.name, pool: .root, allowsFurtherDevice: caller.context.mfaPresent, deviceLimit: IAMUser.deviceLimit)
  }

  fileprivate func resyncDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let user = parameters.required("UserName", .userName), serial = parameters.required("SerialNumber", .serialNumber)
    let pair = try pair(&parameters), name = try named(user)
    _ = try await iamUser(named: name)
    let verdict = try await verifier.resync(
      .serial(Serial(stored: serial)), of: name, with: pair, within: enablesForAnybody ? .administrative : .selfService,
      at: now)
    try Self.require(verdict)
    return nil
  }

  /// One text for whatever was wrong with the codes; the verifier has recorded it.
  private static func require(_ verdict: SyncVerdict) throws {
    guard case .accepted = verdict else {
      var error = QueryError.wrongCodes
      error.isRecorded = true
      throw error
    }
  }

  fileprivate func deactivateDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let user = parameters.optional("UserName", .userName), serial = parameters.required("SerialNumber", .serialNumber)
    try parameters.check()
    // Root's own is root's affair, on the pages: a key alone is not to take it away.
    let name = try userNotRoot(user)
    _ = try await iamUser(named: name)
    _ = try await verifier.deactivate(.serial(Serial(stored: serial)), of: name, at: now)
    return nil
  }

  fileprivate func deleteDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let serial = parameters.required("SerialNumber", .serialNumber)
    try parameters.check()
    _ = try await verifier.delete(.serial(Serial(stored: serial)), at: now)
    return nil
  }

  fileprivate func listDevices() async throws -> XMLText? {
    var parameters = Parameters(form)
    let user = parameters.optional("UserName", .userName)
    let page = try page(&parameters)
    let name = try self.user(user)
    let devices = try await iamUser(named: name).devices.filter { $0.isAssigned }.sorted {
      $0.serial < $1.serial
    }
    var xml = XMLText()
    page.write("MFADevices", page.rest(of: devices) { $0.serial.text }, key: { $0.serial.text }, to: &xml) {
      xml, device in
      xml.element("UserName", name.text)
      xml.element("SerialNumber", device.serial.text)
      xml.element("EnableDate", device.enabledAt?.text)
    }
    return xml
  }

  fileprivate func listVirtualDevices() async throws -> XMLText? {
    var parameters = Parameters(form)
    let status = parameters.choice("AssignmentStatus", ["Assigned", "Unassigned", "Any"])
    let page = try page(&parameters)
    let isAssigned: Bool? = status == nil || status == "Any" ? nil : status == "Assigned"
    let devices = try await directory.store.devices(
      DeviceQuery(isAssigned: isAssigned, after: page.after, limit: page.limit))
    tellOf(devices.unreadable)
    let owners = Set(devices.items.filter { $0.isAssigned }.map(\.user))
    let found = try await directory.store.iamUsers(named: owners.sorted())
    tellOf(found.unreadable)
    let users = Dictionary(found.items.map { ($0.user.name, $0) }, uniquingKeysWith: { first, _ in first })
    var xml = XMLText()
    page.write("VirtualMFADevices", devices, to: &xml) { xml, device in
      xml.element("SerialNumber", device.serial.text)
      guard device.isAssigned else { return }
      xml.group("User") { xml in
        // Without anybody, the device would seem to be unassigned.
        guard let user = users[device.user] else { return xml.element("UserName", device.user.text) }
        xml.write(user, withTags: false)
      }
      xml.element("EnableDate", device.enabledAt?.text)
    }
    return xml
  }

  fileprivate func getDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let serial = parameters.required("SerialNumber", .serialNumber),
      user = parameters.optional("UserName", .newUserName)
    try parameters.check()
    if let user { _ = try await iamUser(named: named(user)) }
    let device = try await device(serial)
    // Users are not told which devices others have.
    guard device.isAssigned, allows(operation.action, on: .mfaDevice(device)) else {
      throw QueryError.noSuchDevice(serial)
    }
    guard try user == nil || device.user == named(user ?? "") else { throw QueryError.notUsersDevice }
    var xml = XMLText()
    xml.element("UserName", device.user.text)
    xml.element("SerialNumber", device.serial.text)
    xml.element("EnableDate", device.enabledAt?.text)
    return xml
  }

  fileprivate func tagDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let serial = parameters.required("SerialNumber", .serialNumber)
    let tags = parameters.accountTags(isRequired: true)
    try parameters.check()
    try Self.check(tags: tags)
    try await directory.setTags(tags, of: device(serial), at: now)
    return nil
  }

  fileprivate func untagDevice() async throws -> XMLText? {
    var parameters = Parameters(form)
    let serial = parameters.required("SerialNumber", .serialNumber), keys = parameters.tagKeys()
    try parameters.check()
    try await directory.removeTags(keys, of: device(serial), at: now)
    return nil
  }

  fileprivate func listDeviceTags() async throws -> XMLText? {
    var parameters = Parameters(form)
    let serial = parameters.required("SerialNumber", .serialNumber)
    let page = try page(&parameters)
    let device = try await device(serial)
    guard allows(operation.action, on: .mfaDevice(device)) else { throw QueryError.noSuchDevice(serial) }
    let tags = try await iamUser(named: device.user).record.deviceTags[serial] ?? []
    var xml = XMLText()
    page.write(
      "Tags", page.rest(of: tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) { $0.key }, key: \.key,
      to: &xml
    ) {
      $0.write($1)
    }
    return xml
  }

  static func check(path: String) throws {
    let isAllowed = path.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) }
    guard path.first == "/", path.last == "/", isAllowed else { throw QueryError.invalidPath }
  }

  static func check(tags: [Tag]) throws {
    guard tags.count <= Tag.limit else {
      throw QueryError(
        400, "ValidationError",
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"
      )
    }
    guard Set(tags.map { $0.key.lowercased() }).count == tags.count else {
      throw QueryError(400, "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    }
  }
}

extension XMLText {
  mutating func write(_ tags: [Tag]) { list("Tags", tags) { $0.write($1) } }

  mutating func write(_ tag: Tag) {
    element("Key", tag.key)
    element("Value", tag.value)
  }
}

extension Parameters {
  mutating func accountTags(isRequired: Bool = false) -> [Tag] {
    tags(isRequired: isRequired).map { Tag(key: $0.key, value: $0.value) }
  }
}

extension QueryError {
  fileprivate static let invalidPath = QueryError(
    400, "ValidationError",
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters "
      + "and/or / characters.")
}
