internal import OATH
internal import OpenSSLCrypto

/// Portable Symmetric Key Containers (RFC 6030): plain, under a pre-shared key, or under a password.
enum PSKC {
  static func recognises(_ text: Span<UInt8>) -> Bool { XMLElement.parse(text)?.name == "KeyContainer" }

  static func read(_ text: Span<UInt8>, passphrase: ImportPassphrase) throws -> ImportReport {
    guard let container = XMLElement.parse(text), container.name == "KeyContainer" else {
      throw ImportError.broken("the file is no key container of RFC 6030, or broken")
    }
    let cipher = try container["EncryptionKey"].map { try PSKCCipher($0, container["MACMethod"], passphrase) }
    var report = ImportReport()
    for (index, package) in container.children.filter({ $0.name == "KeyPackage" }).enumerated() {
      guard let key = package["Key"] else { continue }
      let name = entryName(index, package.at("DeviceInfo", "SerialNo")?.value ?? key.attributes["Id"])
      let algorithm = key.attributes["Algorithm"]?.split(separator: ":").last.map(String.init) ?? ""
      guard algorithm == "hotp" || algorithm == "totp" else {
        report.skip(name, "it is a \(algorithm.prefix(12)), and no OTP secret")
        continue
      }
      report.add(name) { try account(key, package: package, isTOTP: algorithm == "totp", cipher: cipher) }
      for part in leftOut(of: key["Policy"]) { report.skip(name, "its \(part) is not carried over") }
    }
    return report
  }

  /// What a key's policy (RFC 6030 §5) asks of whoever verifies, and nobody does here. A PIN that only the device asks for is
  /// the device's affair.
  private static func leftOut(of policy: XMLElement?) -> [String] {
    var parts: [String] = []
    if let mode = policy?["PINPolicy"]?.attributes["PINUsageMode"], mode != "Local" {
      parts.append("PIN (\(mode.prefix(20)))")
    }
    for name in ["StartDate", "ExpiryDate", "NumberOfTransactions"] {
      if let value = policy?[name]?.value { parts.append("\(name) (\(value.prefix(40)))") }
    }
    return parts
  }

  private static func account(
    _ key: XMLElement, package: XMLElement, isTOTP: Bool, cipher: PSKCCipher?
  ) throws -> OTPAccount {
    guard let data = key["Data"] else { throw EntryError("it has no data") }
    let format = key.at("AlgorithmParameters", "ResponseFormat")?.attributes
    if let encoding = format?["Encoding"], encoding != "DECIMAL" { throw EntryError("its codes are not decimal") }
    // RFC 6030 spells it both ways.
    if ["CheckDigits", "CheckDigit"].contains(where: { ["true", "1"].contains(format?[$0]) }) {
      throw EntryError("its codes have a check digit")
    }
    let digits = try format?["Length"].map { try Digits(count: Int(digits: $0) ?? 0) } ?? .six
    let suite = key.at("AlgorithmParameters", "Suite")?.value?.uppercased().replacing("HMAC-", with: "") ?? "SHA1"
    let algorithm = try HashAlgorithm(named: suite)
    func number(_ name: String, or standard: UInt64) throws -> UInt64 {
      guard let element = data[name] else { return standard }
      // A counter that is taken for nought would make spent codes good again.
      guard let plain = element["PlainValue"] else { throw EntryError("its \(name) is encrypted") }
      guard let text = plain.value else { throw EntryError("its \(name) is empty") }
      guard let number = UInt64(digits: text) else { throw EntryError("its \(name) is no number") }
      return number
    }
    let factor: OTPAuthURI.Factor =
      isTOTP
      ? .totp(
        try TOTPParameters(
          algorithm: algorithm, digits: digits, period: Int64(clamping: number("TimeInterval", or: 30))))
      : .hotp(algorithm: algorithm, digits: digits, counter: try number("Counter", or: 0))
    let user = key["UserId"]?.value ?? package.at("DeviceInfo", "UserId")?.value,
      device = package.at("DeviceInfo", "SerialNo")?.value ?? key.attributes["Id"]
    var history = try history(data, factor)
    history.isOfNobody = user == nil
    return try OTPAccount(
      label: OTPAuthLabel(issuer: key["Issuer"]?.value, account: user ?? device ?? ""), factor: factor,
      secret: secret(data["Secret"], cipher: cipher), history: history)
  }

  /// RFC 6030 §4.2: the counter is that of the next code, the drift is in steps.
  private static func history(_ data: XMLElement, _ factor: OTPAuthURI.Factor) throws -> AccountHistory {
    guard case .totp = factor, let element = data["TimeDrift"] else { return AccountHistory() }
    guard let text = element["PlainValue"]?.value else { throw EntryError("its TimeDrift is encrypted") }
    guard let drift = Int64(text) else { throw EntryError("its TimeDrift is no number") }
    return AccountHistory(drift: drift)
  }

  private static func secret(_ element: XMLElement?, cipher: PSKCCipher?) throws -> SecretBytes {
    if let plain = element?["PlainValue"]?.value { return try Base64.decode(Array(plain.utf8).span) }
    guard let element, element["EncryptedValue"] != nil else { throw EntryError("it has no secret") }
    guard let cipher else { throw EntryError("it is encrypted, and the container names no key") }
    return try cipher.open(element)
  }
}

/// AES-CBC with HMAC-SHA-1, as RFC 6030 §6 has it.
private struct PSKCCipher {
  private final class Keys: Sendable {
    let encryption: SecretBytes
    let authentication: SecretBytes?

    init(encryption: consuming SecretBytes, authentication: consuming SecretBytes?) {
      self.encryption = encryption
      self.authentication = authentication
    }
  }

  private let keys: Keys

  init(_ element: XMLElement, _ macMethod: XMLElement?, _ passphrase: ImportPassphrase) throws {
    let given = try passphrase.get()
    let key =
      try element.at("DerivedKey", "KeyDerivationMethod").map { try Self.derive($0, given) } ?? Self.preShared(given)
    // Without a MAC of its own the container authenticates nothing; with one, its key is sealed like the secrets.
    var authentication: SecretBytes?
    if let sealed = macMethod?.at("MACKey", "CipherData", "CipherValue")?.value {
      do { authentication = try Self.decrypt(sealed, key) } catch is CryptoError { throw ImportError.wrongPassphrase }
    }
    keys = Keys(encryption: key, authentication: authentication)
  }

  /// The pre-shared key: 32 or 64 hexadecimal digits, or the bytes themselves.
  private static func preShared(_ given: borrowing SecretBytes) throws -> SecretBytes {
    if given.count == 16 { return given.copy() }
    let wanted = ImportError.unsupported("this container wants its pre-shared key, as 32 or 64 hexadecimal digits")
    guard given.count == 32 || given.count == 64 else { throw wanted }
    do { return try given.withBytes { try SecretBytes(hexadecimal: $0) } } catch { throw wanted }
  }

  private static func derive(_ method: XMLElement, _ passphrase: borrowing SecretBytes) throws -> SecretBytes {
    guard method.attributes["Algorithm"]?.hasSuffix("pbkdf2") == true, let parameters = method["PBKDF2-params"],
      let salt = parameters.at("Salt", "Specified")?.value,
      let iterations = parameters["IterationCount"]?.value.flatMap({ Int(digits: $0) }),
      (1...10_000_000).contains(iterations)
    else { throw ImportError.unsupported("this container derives its key in a way that is not known here") }
    let length = parameters["KeyLength"]?.value.flatMap { Int(digits: $0) } ?? 16
    guard length == 16 || length == 32 else { throw ImportError.broken("the container's key length is not 16 or 32") }
    return try PBKDF2.deriveKey(
      from: passphrase, salt: Base64.bytes(salt), hash: .sha1, iterations: iterations, count: length)
  }

  func open(_ secret: XMLElement) throws -> SecretBytes {
    guard let text = secret.at("EncryptedValue", "CipherData", "CipherValue")?.value else {
      throw EntryError("it is cut off")
    }
    if let authentication = keys.authentication?.copy() {
      guard let tag = try secret["ValueMAC"]?.value.map({ try Base64.bytes($0) }) else {
        throw EntryError("it has no MAC")
      }
      var mac = try HMAC(.sha1, key: authentication)
      let message = try Base64.bytes(text)
      let isAuthentic = try mac.withAuthenticationCode(of: message.span) { ConstantTime.equal($0, tag.span) }
      guard isAuthentic else { throw EntryError("its MAC does not fit: it was altered, or the passphrase is another") }
    }
    return try Self.decrypt(text, keys.encryption)
  }

  private static func decrypt(_ text: String, _ key: borrowing SecretBytes) throws -> SecretBytes {
    let bytes = try Base64.bytes(text)
    guard bytes.count >= 32 else { throw EntryError("it is cut off") }
    return try AESCBC.open(Array(bytes.dropFirst(16)), iv: Array(bytes.prefix(16)), key: key)
  }
}
