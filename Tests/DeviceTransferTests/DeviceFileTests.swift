import DeviceTransfer
import Foundation
import Interchange
import OATH
import OpenSSLCrypto
import TestSupport
import Testing
import Verifier

/// Files of devices, read entry by entry.
@Suite struct DeviceFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static var none: ImportPassphrase { ImportPassphrase { nil } }
  private static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
  private static let hex = "3132333435363738393031323334353637383930"

  /// The entries of a file, each as one line of text.
  private func read(_ bytes: [UInt8], user: String? = nil, isPiped: Bool = false) throws -> [String] {
    let user = try user.map { try UserName($0) }
    if isPiped {
      return try Self.described(
        DeviceFile(content: SecretBytes(copying: bytes.span), name: "-", user: user, passphrase: Self.none))
    }
    let path = folder.path("devices")
    try Data(bytes).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return try Self.described(DeviceFile(path, user: user, passphrase: Self.none))
  }

  private func read(_ text: String, user: String? = nil, isPiped: Bool = false) throws -> [String] {
    try read(Array(text.utf8), user: user, isPiped: isPiped)
  }

  private static func described(_ file: consuming DeviceFile) throws -> [String] {
    var lines: [String] = []
    while let entry = try file.next() {
      switch entry {
      case .device(let device, let entry): lines.append("\(entry): \(described(device))")
      case .skipped(let remark): lines.append("skipped \(remark.entry): \(remark.reason)")
      case .refused(let remark): lines.append("refused \(remark.entry): \(remark.reason)")
      }
    }
    return lines
  }

  private static func described(_ device: ForeignDevice) -> String {
    let parameters = device.parameters
    let seed = device.seed.bytes.bytes().hex.prefix(8)
    return "\(device.user.text) \(device.issuer) \(device.movingFactor) \(parameters.algorithm.rawValue) "
      + "\(parameters.digits.rawValue) \(parameters.period) last \(device.lastStep.map { "\($0)" } ?? "-") "
      + "drift \(device.drift) \(device.isEnabled ? "enabled" : "waiting") \(seed)"
  }

  @Test(arguments: [false, true]) func `lines of JSON, one after the other`(isPiped: Bool) throws {
    let text = """
      {"user":"al","secret":"\(Self.secret)"}

      {"user":"bo","secret":"\(Self.secret)","issuer":"Old","type":"hotp","algorithm":"sha256","digits":8,"period":60,\
      "last_step":7,"drift":-1,"enabled":false}
      nonsense
      {"user":"cy","secret":"\(Self.secret)","enabled":true}
      """
    #expect(
      try read(text, isPiped: isPiped) == [
        "line 1: al vmfa time SHA1 6 30 last - drift 0 enabled 31323334",
        "line 3: bo Old counter SHA256 8 60 last 7 drift -1 waiting 31323334",
        "refused line 4: it is not JSON",
        "line 5: cy vmfa time SHA1 6 30 last - drift 0 enabled 31323334",
      ])
  }

  @Test(arguments: [
    (#"{"user":"a","secret":"GEZDGNBV","enabled":"yes"}"#, "its enabled is neither true nor false"),
    (#"{"user":"a","secret":"GEZDGNBV","enabled":1}"#, "its enabled is neither true nor false"),
    (#"{"user":"a","secret":"GEZDGNBV","digits":"6"}"#, "its digits is no whole number"),
    (#"{"user":"a","secret":"GEZDGNBV","digits":9}"#, "digits must be 6, 7 or 8, not 9"),
    (#"{"user":"a","secret":"GEZDGNBV","period":0}"#, "a period is 1 to 3600 seconds, not 0"),
    (#"{"user":"a","secret":"GEZDGNBV","issuer":5}"#, "its issuer is no string"),
    (#"{"user":"a","secret":"GEZDGNBV","type":"steam"}"#, "its type is neither totp nor hotp"),
    (#"{"user":"a","secret":"GEZDGNBV","algorithm":"MD5"}"#, "the algorithm must be SHA1, SHA256 or SHA512"),
    (#"{"user":"a","secret":"GEZDGNBV","digit":8}"#, "it has a member that is not known: digit"),
    (#"{"user":"a","secret":"GEZDGNBV","scratch_codes":"1"}"#, "its scratch_codes are no array"),
    (#"{"user":"a","secret":"GEZDGNBV","scratch_codes":["1234567"]}"#, "a scratch code is a string of eight digits"),
    (#"{"user":"a","secret":"GEZDGNBV","scratch_codes":["1234567a"]}"#, "a scratch code is a string of eight digits"),
    (#"{"user":"a","secret":"GEZDGNBV","scratch_codes":[12345678]}"#, "a scratch code is a string of eight digits"),
    (
      #"{"user":"a","secret":"GEZDGNBV\nGEZDGNBV"}"#,
      "there are 2 lines where one secret is meant: they are not joined"
    ),
    (#"{"secret":"GEZDGNBV"}"#, "it has no user"), (#"{"user":"a"}"#, "it has no secret"),
    (#"{"user":"a","secret":5}"#, "it has no secret"), (#"{"user":5,"secret":"GEZDGNBV"}"#, "its user is no string"),
  ]) func `what is wrong with a line`(line: String, reason: String) throws {
    #expect(try read(line) == ["refused line 1: \(reason)"])
  }

  @Test func `what a line leaves out, and null, are the same`() throws {
    let members = [
      "name", "issuer", "type", "algorithm", "digits", "period", "last_step", "drift", "enabled", "scratch_codes",
    ]
    let nulls = members.map { "\"\($0)\":null" }.joined(separator: ",")
    #expect(
      try read(#"{"user":"a","secret":"\#(Self.secret)",\#(nulls)}"#)
        == read(#"{"user":"a","secret":"\#(Self.secret)"}"#))
  }

  @Test func `a user may be named for those that the file gives to nobody`() throws {
    let text = "{\"secret\":\"\(Self.secret)\"}\n{\"user\":\"al\",\"secret\":\"\(Self.secret)\"}\n"
    #expect(try read(text, user: "bo").map { $0.prefix(10) } == ["line 1: bo", "line 2: al"])
  }

  @Test func `text in UTF-16, behind a mark, and with every end of line`() throws {
    let lines = "HOTP/T30 al - \(Self.hex)#HOTP/T30 bo - \(Self.hex)#"
    let wanted = [
      "line 1: al vmfa time SHA1 6 30 last - drift 0 enabled 31323334",
      "line 2: bo vmfa time SHA1 6 30 last - drift 0 enabled 31323334",
    ]
    for end in ["\n", "\r\n", "\r"] {
      let text = lines.replacing("#", with: end)
      let little = ("\u{FEFF}" + text).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      let big = ("\u{FEFF}" + text).utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
      for bytes in [Array(text.utf8), Array("\u{FEFF}\(text)".utf8), little, big] {
        #expect(try read(bytes) == wanted)
        #expect(try read(bytes, isPiped: true) == wanted)
      }
    }
    #expect { _ = try read([0xFF, 0xFE, 0x41]) } throws: { "\($0)".contains("cut off") }
  }

  @Test func `a state file in a pipe needs the name of its user`() throws {
    let text = "\(Self.secret)\n\" TOTP_AUTH\n"
    #expect { _ = try read(text, isPiped: true) } throws: { "\($0)".contains("name the user") }
    #expect(
      try read(text, user: "al", isPiped: true) == [
        "the secret: al vmfa time SHA1 6 30 last - drift 0 enabled 31323334"
      ])
  }

  @Test(arguments: ["", " \n", "hello", "{}", "[]"]) func `what is nothing is told so`(text: String) {
    #expect(throws: ImportError.unrecognised) { _ = try read(text) }
    #expect(throws: ImportError.unrecognised) { _ = try read(text, isPiped: true) }
  }

  @Test func `JSON that is broken is no list of devices`() {
    #expect { _ = try read("{\"realm\":\n") } throws: { "\($0)".contains("broken or cut off") }
  }
}
