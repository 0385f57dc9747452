internal import HTTPTypes
internal import ServiceHTTP

/// Cookies of the pages: none is readable by scripts, sent from another site, or sent in the clear where there is TLS.
enum Cookies {
  /// What holds a session, and what the forms of one who has none are bound to.
  enum Name: String {
    case session, form
  }

  /// Under TLS the prefix has the browser see to it that nobody else has set it.
  private static func text(_ name: Name, isEncrypted: Bool) -> String {
    (isEncrypted ? "__Host-vmfa-" : "vmfa-") + name.rawValue
  }

  /// The value of a cookie; nil where there is none, or more than one.
  static func value(of name: Name, in request: Incoming) -> String? {
    let wanted = text(name, isEncrypted: request.isEncrypted) + "="
    let lines: [String] = request.headers[values: .cookie]
    let pairs: [Substring] = lines.flatMap { $0.split(separator: ";") }.map { pair in pair.drop { $0 == " " } }
    let found = pairs.filter { $0.hasPrefix(wanted) }
    return found.count == 1 ? found.first.map { String($0.dropFirst(wanted.count)) } : nil
  }

  /// The header that sets a cookie for as long as the browser runs, or removes it.
  static func header(setting name: Name, to value: String?, isEncrypted: Bool) -> HTTPField {
    let end = (isEncrypted ? "; Secure" : "") + (value == nil ? "; Max-Age=0" : "")
    return HTTPField(
      name: .setCookie,
      value: "\(text(name, isEncrypted: isEncrypted))=\(value ?? ""); Path=/; HttpOnly; SameSite=Strict\(end)")
  }
}
