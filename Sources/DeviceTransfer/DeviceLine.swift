internal import Interchange
internal import JSONText
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// A device on a line of JSON: what `device export` writes, and anybody else may.
///
///     {"user":"alice","secret":"GEZDGNBV…","name":"phone","issuer":"Example","type":"totp","algorithm":"SHA1",
///      "digits":6,"period":30,"last_step":58333333,"drift":1,"enabled":true,"scratch_codes":["12345678"]}
///
/// Only `user` and `secret` (base32) are needed; `path` stands before the name in the serial (`/DIVISION/TEAM/`). For
/// `"type":"hotp"`, `last_step` is the counter of the last code that was accepted.
enum DeviceLine {
  /// Whether a line is an object that describes a device, however well.
  static func recognises(_ line: Span<UInt8>) -> Bool {
    guard let json = try? JSONValue(parsing: line) else { return false }
    return json["secret"] != nil || json["user"] != nil
  }

  /// - Parameter owner: whose it is, where the line does not say.
  static func read(_ line: consuming SecretBytes, of owner: UserName? = nil) throws -> ForeignDevice {
    let json: JSONValue
    do { json = try JSONValue(parsing: line) } catch { throw DeviceLineError("it is not JSON") }
    guard json.kind == .object else { throw DeviceLineError("it is no JSON object") }
    try refuseStrangers(in: json)
    guard let user = try string("user", in: json).map({ try UserName($0) }) ?? owner else {
      throw DeviceLineError("it has no user")
    }
    guard let secret = json["secret"]?.secretString() else { throw DeviceLineError("it has no secret") }
    let type = try string("type", in: json) ?? "totp"
    guard type == "totp" || type == "hotp" else { throw DeviceLineError("its type is neither totp nor hotp") }
    let parameters = try TOTPParameters(
      algorithm: HashAlgorithm(named: try string("algorithm", in: json) ?? "SHA1"),
      digits: Digits(count: Int(clamping: try integer("digits", in: json) ?? 6)),
      period: try integer("period", in: json) ?? 30)
    var device = ForeignDevice(
      user: user, name: try string("name", in: json).map { try DeviceName($0) },
      issuer: try string("issuer", in: json) ?? "vmfa", movingFactor: type == "totp" ? .time : .counter,
      parameters: parameters, lastStep: try integer("last_step", in: json),
      drift: try integer("drift", in: json) ?? 0, isEnabled: try isEnabled(json), scratchCodes: try scratchCodes(json),
      seed: SharedSecret(try secret.withBytes { try Base32.decodeOne($0) }))
    if let path = try string("path", in: json) { device.path = path }
    return device
  }

  static func write(_ device: Device, seed: borrowing SecretBytes) -> SecretBytes {
    var line = JSONWriter()
    let path = device.serial.path
    let names = written.filter { name in
      name == "last_step" ? device.lastStep != nil : name != "path" || path != "/"
    }
    let secret = seed.withBytes { Base32.encode($0, padded: false) }
    line.object(names) { line, name in
      switch name {
      case "user": line.string(device.user.text)
      case "path": line.string(path)
      case "name": line.string(device.serial.name)
      case "issuer": line.string(device.issuer)
      case "type": line.string(device.movingFactor == .time ? "totp" : "hotp")
      case "algorithm": line.string(device.parameters.algorithm.rawValue)
      case "digits": line.raw(String(device.parameters.digits.rawValue))
      case "period": line.raw(String(device.parameters.period))
      case "last_step": line.raw(String(device.lastStep ?? 0))
      case "drift": line.raw(String(device.drift))
      case "enabled": line.raw(device.status == .active ? "true" : "false")
      default: secret.withBytes { line.string($0) }
      }
    }
    return line.finish()
  }

  private static let written = [
    "user", "path", "name", "issuer", "type", "algorithm", "digits", "period", "last_step", "drift", "enabled",
    "secret",
  ]
  private static let members = Set(written + ["scratch_codes"])

  /// A misspelt member would be a device with another meaning.
  private static func refuseStrangers(in json: JSONValue) throws {
    for member in json.members ?? [] where !members.contains(member.key) {
      throw DeviceLineError("it has a member that is not known: \(member.key.prefix(40))")
    }
  }

  private static func string(_ name: String, in json: JSONValue) throws -> String? {
    guard let value = json[name], value.kind != .null else { return nil }
    guard let text = value.string else { throw DeviceLineError("its \(name) is no string") }
    return text
  }

  private static func integer(_ name: String, in json: JSONValue) throws -> Int64? {
    guard let value = json[name], value.kind != .null else { return nil }
    guard let number = value.integer else { throw DeviceLineError("its \(name) is no whole number") }
    return number
  }

  private static func isEnabled(_ json: JSONValue) throws -> Bool {
    guard let value = json["enabled"], value.kind != .null else { return true }
    guard let isEnabled = value.bool else { throw DeviceLineError("its enabled is neither true nor false") }
    return isEnabled
  }

  private static func scratchCodes(_ json: JSONValue) throws -> SharedSecret? {
    guard let value = json["scratch_codes"], value.kind != .null else { return nil }
    guard let elements = value.elements else { throw DeviceLineError("its scratch_codes are no array") }
    var codes = SecretBuffer()
    for element in elements {
      guard let code = element.secretString(), code.isScratchCode else {
        throw DeviceLineError("a scratch code is a string of eight digits")
      }
      code.withBytes { codes.append($0) }
    }
    return elements.isEmpty ? nil : SharedSecret(codes.finish())
  }
}

/// Why a line is no device. The line is not repeated.
struct DeviceLineError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension SecretBytes {
  fileprivate var isScratchCode: Bool {
    count == 8 && withBytes { text in text.indices.allSatisfy { text[$0].isASCIIDigit } }
  }
}

extension ForeignDevice {
  /// An account of another program's file, with what its verifier had learned.
  /// - Parameter user: whose it is, where the file does not say.
  init(_ account: OTPAccount, user: UserName? = nil) throws {
    let parameters: TOTPParameters, factor: Device.MovingFactor
    var lastStep = account.history.lastStep
    switch account.factor {
    case .totp(let totp): (parameters, factor) = (totp, .time)
    case .hotp(let algorithm, let digits, let next):
      (parameters, factor) = (try TOTPParameters(algorithm: algorithm, digits: digits), .counter)
      // Whatever the format: codes before the next one are spent, or were shown.
      lastStep = next > 0 ? Int64(clamping: next - 1) : nil
    case .steam: throw DeviceLineError("it is a Steam account, whose codes are no digits")
    }
    self.init(
      user: try user ?? UserName(account.label.account), issuer: account.label.issuer ?? "vmfa", movingFactor: factor,
      parameters: parameters, lastStep: lastStep, drift: account.history.drift,
      scratchCodes: account.history.scratchCodes, seed: SharedSecret(account.secret.copy()))
  }
}
