import AWSQuery
import Foundation
import Interchange
import JSONText
import OATH
import OpenSSLCrypto

// What strangers send, parsed under libFuzzer: nothing of it may end the program. VMFA_FUZZ_TARGET says which parser.

private enum Target: String {
  case form, signature, json, uri, `import`, csv, xml, migration

  static let chosen = Target(rawValue: ProcessInfo.processInfo.environment["VMFA_FUZZ_TARGET"] ?? "") ?? .form

  func take(_ bytes: [UInt8]) {
    switch self {
    case .form: Self.form(bytes)
    case .signature: Self.signature(bytes)
    case .json: Self.json(bytes)
    case .uri: _ = try? OTPAuthURI(parsing: bytes.span)
    case .import: Self.importing(bytes)
    case .csv: for format in [ImportFormat.csv, .oathCSV, .authelia] { Self.read(bytes, as: format) }
    case .xml: for format in [ImportFormat.pskc, .freeOTPXML] { Self.read(bytes, as: format) }
    case .migration: Self.migration(bytes)
    }
  }

  /// A file of any program, and what a person pastes.
  private static func importing(_ bytes: [UInt8]) {
    read(bytes, as: nil)
    let account = try? AccountText.read(bytes.span) { secret in
      try OTPAccount(label: OTPAuthLabel(issuer: nil, account: "a"), factor: .totp(.standard), secret: secret)
    }
    if let account { check(account) }
  }

  /// One batch of Google Authenticator's, as the message that its URI carries.
  private static func migration(_ message: [UInt8]) {
    let encoded = Data(message).base64EncodedString().replacing("+", with: "%2B").replacing("=", with: "%3D")
    read(Array("otpauth-migration://offline?data=\(encoded)".utf8), as: .google)
  }

  private static func read(_ bytes: [UInt8], as format: ImportFormat?) {
    // Without a passphrase: what deriving keys costs is the file's choice.
    let file = SecretBytes(copying: bytes.span), none = ImportPassphrase { nil }
    guard var report = try? Interchange.read(file, as: format, name: "f", passphrase: none) else { return }
    _ = report.missingBatches
    precondition((try? report.nameTheUnnamed()) != nil)
    for account in report.accounts {
      precondition(!account.label.title.isEmpty, "an account has no name")
      check(account)
    }
  }

  /// Each account is written as a URI, which must read back as the same account.
  private static func check(_ account: OTPAccount) {
    guard let written = try? account.uri().text(), let uri = try? written.withBytes({ try OTPAuthURI(parsing: $0) }),
      let again = try? OTPAccount(uri)
    else { return }
    precondition(again.showsSameCodes(as: account), "it reads back as another account")
  }

  /// A form, read as every kind of parameter, and written into XML.
  private static func form(_ bytes: [UInt8]) {
    guard let form = try? QueryForm(parsing: bytes) else { return }
    var parameters = Parameters(form), xml = XMLText()
    for (name, _) in form.fields {
      xml.element("V", parameters.optional(name, .userName))
      _ = parameters.required(name, .tagKey)
      _ = parameters.integer(name, in: 1...1000)
      _ = parameters.bool(name)
    }
    xml.list("Tags", parameters.tags()) { xml, tag in
      xml.element("Key", tag.key)
      xml.element("Value", tag.value)
    }
    _ = parameters.tagKeys()
    do throws(QueryError) { try parameters.check() } catch { xml.element("Message", error.message) }
    precondition(!xml.text.utf8.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A })
  }

  /// Lines: method, host, query, then headers, then a body after an empty one.
  private static func signature(_ bytes: [UInt8]) {
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard parts.count > 3 else { return }
    let headers = parts[3...].prefix { !$0.isEmpty }.map { line in
      let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: String(pair[0]), value: pair.count > 1 ? String(pair[1]) : "")
    }
    let query = parts[2].isEmpty ? nil : parts[2]
    let request = SignedRequest(
      method: String(parts[0]), host: String(parts[1]), query: query, body: Array((parts.last ?? "").utf8)
    ) { name in headers.filter { $0.name == name }.map(\.value) }
    guard let form = try? QueryForm(parsing: Array((query ?? "").utf8)),
      let signature = try? SignatureV4(of: request, query: form)
    else { return }
    try? signature.check(for: "iam", at: .epoch.advanced(by: 1_771_321_482))
    let secret = Array("secret".utf8)
    let matches = try? signature.matches(request, secret: SecretBytes(copying: secret.span))
    precondition(matches != true, "a signature was guessed")
  }

  /// Every value, as every kind.
  private static func json(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes.span) else { return }
    walk(value)
  }

  private static func walk(_ value: JSONValue) {
    _ = (value.string, value.integer, value.bool)
    for (_, member) in value.members ?? [] { walk(member) }
    for element in value.elements ?? [] { walk(element) }
  }
}

/// What libFuzzer calls with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Target.chosen.take(unsafe [UInt8](UnsafeBufferPointer(start: start, count: count)))
  return 0
}

private typealias Taker = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

/// libFuzzer's loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>, _ take: Taker
) -> CInt

/// What the package manager calls the main function of an executable of this name.
@_cdecl("fuzz_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
  var count = count
  var arguments = unsafe arguments
  return unsafe runDriver(&count, &arguments) { unsafe take($0, $1) }
}
