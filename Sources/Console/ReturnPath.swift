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
    text == "/" ? page : "\(page)?return_to=\(PercentEncoding.encode(text))"
  }
}
