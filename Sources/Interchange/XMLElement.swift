internal import OATH
internal import OpenSSLCrypto

/// An element of an XML 1.0 document, as far as key files need one: names without their prefixes, attributes, text. A
/// document type is refused, and with it every entity but the five that are built in.
///
/// Foundation's parser would be a library of some megabytes at every start of the program.
struct XMLElement {
  let name: String
  let attributes: [String: String]
  fileprivate(set) var children: [XMLElement] = []
  fileprivate(set) var text = ""

  /// The first child of this name.
  subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// The element at the end of a path of names.
  func at(_ path: String...) -> XMLElement? {
    path.reduce(self as XMLElement?) { $0?[$1] }
  }

  /// The text without white space around it; nil where there is none.
  var value: String? {
    let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
    guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return nil }
    return String(scalars[...last])
  }

  /// Reads a document; nil where it is broken.
  static func parse(_ text: Span<UInt8>) -> XMLElement? {
    guard let string = String(validating: text.array, as: UTF8.self) else { return nil }
    var parser = XMLParser(string)
    return parser.parseDocument()
  }
}

private struct XMLParser {
  static let maximumDepth = 64

  private var rest: Substring
  init(_ text: String) { rest = text[...] }

  mutating func parseDocument() -> XMLElement? {
    guard skipProlog(), rest.first == "<", let root = parseElement(depth: 0), skipProlog(), rest.isEmpty else {
      return nil
    }
    return root
  }

  /// White space, comments and processing instructions; false at a document type.
  private mutating func skipProlog() -> Bool {
    while true {
      rest = rest.drop(while: \.isWhitespace)
      if rest.hasPrefix("\u{FEFF}") { rest = rest.dropFirst() }
      if rest.hasPrefix("<?") {
        guard skip(past: "?>") else { return false }
      } else if rest.hasPrefix("<!--") {
        guard skip(past: "-->") else { return false }
      } else {
        return !rest.hasPrefix("<!")
      }
    }
  }

  private mutating func skip(past end: String) -> Bool {
    guard let found = rest.firstRange(of: end) else { return false }
    rest = rest[found.upperBound...]
    return true
  }

  private mutating func parseElement(depth: Int) -> XMLElement? {
    guard depth < Self.maximumDepth else { return nil }
    rest = rest.dropFirst()
    guard let fullName = parseName(), let attributes = parseAttributes() else { return nil }
    var element = XMLElement(name: local(fullName), attributes: attributes)
    if rest.hasPrefix("/>") {
      rest = rest.dropFirst(2)
      return element
    }
    guard rest.first == ">" else { return nil }
    rest = rest.dropFirst()
    while !rest.isEmpty {
      if rest.hasPrefix("</") {
        rest = rest.dropFirst(2)
        guard parseName() == fullName else { return nil }
        rest = rest.drop(while: \.isWhitespace)
        guard rest.first == ">" else { return nil }
        rest = rest.dropFirst()
        return element
      } else if rest.hasPrefix("<![CDATA[") {
        guard let end = rest.firstRange(of: "]]>") else { return nil }
        element.text += rest[..<end.lowerBound].dropFirst(9)
        rest = rest[end.upperBound...]
      } else if rest.hasPrefix("<!--") {
        guard skip(past: "-->") else { return nil }
      } else if rest.hasPrefix("<?") {
        guard skip(past: "?>") else { return nil }
      } else if rest.first == "<" {
        guard let child = parseElement(depth: depth + 1) else { return nil }
        element.children.append(child)
      } else {
        let end = rest.firstIndex(of: "<") ?? rest.endIndex
        guard let decoded = decode(rest[..<end]) else { return nil }
        element.text += decoded
        rest = rest[end...]
      }
    }
    return nil
  }

  private mutating func parseName() -> String? {
    let name = rest.prefix { !$0.isWhitespace && !"/>=<".contains($0) }
    rest = rest.dropFirst(name.count)
    return name.isEmpty ? nil : String(name)
  }

  private func local(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }

  private mutating func parseAttributes() -> [String: String]? {
    var attributes: [String: String] = [:]
    while true {
      rest = rest.drop(while: \.isWhitespace)
      guard let next = rest.first, next != ">", next != "/" else { return attributes }
      guard let name = parseName() else { return nil }
      rest = rest.drop(while: \.isWhitespace)
      guard rest.first == "=" else { return nil }
      rest = rest.dropFirst().drop(while: \.isWhitespace)
      guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: quote), let value = decode(rest[..<end]) else { return nil }
      attributes[local(name)] = value
      rest = rest[end...].dropFirst()
    }
  }

  private func decode(_ text: Substring) -> String? {
    guard text.contains("&") else { return String(text) }
    let entities = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
    var decoded = "", rest = text
    while let start = rest.firstIndex(of: "&") {
      decoded += rest[..<start]
      guard let end = rest[start...].firstIndex(of: ";") else { return nil }
      let name = rest[start..<end].dropFirst()
      let code =
        name.hasPrefix("#x")
        ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
      guard let character = entities[String(name)] ?? code.flatMap(Unicode.Scalar.init).map({ String($0) }) else {
        return nil
      }
      decoded += character
      rest = rest[end...].dropFirst()
    }
    return decoded + rest
  }
}
