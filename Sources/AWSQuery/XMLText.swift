/// Puts an XML answer together.
package struct XMLText {
  package private(set) var text = ""

  package init() {}

  /// `<name>value</name>`; nothing where there is no value.
  package mutating func element(_ name: String, _ value: String?) {
    guard let value else { return }
    text += "<\(name)>\(Self.escaped(value))</\(name)>"
  }

  /// What is XML already.
  package mutating func raw(_ xml: String) { text += xml }

  package mutating func element(_ name: String, _ value: Bool) { element(name, value ? "true" : "false") }
  package mutating func element(_ name: String, _ value: Int) { element(name, String(value)) }

  /// `<name>…</name>`.
  package mutating func group<E: Error>(_ name: String, _ content: (inout XMLText) throws(E) -> Void) throws(E) {
    text += "<\(name)>"
    try content(&self)
    text += "</\(name)>"
  }

  /// `<name><member>…</member>…</name>`.
  package mutating func list<Item>(_ name: String, _ items: [Item], _ content: (inout XMLText, Item) -> Void) {
    group(name) { xml in
      for item in items { xml.group("member") { content(&$0, item) } }
    }
  }

  /// Text that came from a client may hold what XML cannot: that becomes U+FFFD.
  package static func escaped(_ value: String) -> String {
    value.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "\r": text += "&#xD;"
      case "\n", "\t": text.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
