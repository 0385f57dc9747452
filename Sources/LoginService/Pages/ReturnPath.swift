internal import OATH

/// Where a person goes on after signing in: a path of this host, and nothing else.
struct ReturnPath: Sendable {
  /// With its query; `/` where nothing else was asked for.
  let text: String

  static let front = ReturnPath(unchecked: "/")

  /// Whatever could lead elsewhere leads to the front page: another host (`//host`, and `/\host`, which browsers read as
  /// that), a scheme, or a line break that would end the header.
  init(_ given: String?) {
    let bytes = Array((given ?? "").utf8)
    let isPath = bytes.first == UInt8(ascii: "/") && bytes.dropFirst().first != UInt8(ascii: "/")
    let isPlain = bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
    self.init(unchecked: isPath && isPlain && bytes.count <= 2000 ? given ?? "/" : "/")
  }

  private init(unchecked text: String) { self.text = text }

  /// `page`, which is to lead here in the end.
  func leading(from page: String) -> String {
    text == "/" ? page : "\(page)?return_to=\(text.percentEncoded)"
  }
}

extension String {
  /// With everything but unreserved characters (RFC 3986 §2.3) in UTF-8 and percent-encoded.
  var percentEncoded: String {
    var text = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%" + CollectionOfOne(byte).hexadecimal.uppercased()
      }
    }
    return text
  }
}
