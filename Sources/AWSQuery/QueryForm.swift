internal import OATH

/// `name=value&…`, as the bodies and query strings of the query API have it (application/x-www-form-urlencoded).
package struct QueryForm: Sendable {
  /// Why a form is none.
  package enum Failure: Error, Equatable {
    /// A `%` without two hexadecimal digits, or what is not UTF-8.
    case malformed
    /// A name stands twice: which value was meant?
    case duplicate(String)
    /// More fields than any action has.
    case tooMany
  }

  /// More than an action with 50 tags has.
  package static let maximumCount = 250

  package private(set) var fields: [(name: String, value: String)] = []
  private var places: [String: Int] = [:]

  package init() {}

  package init(parsing bytes: [UInt8]) throws(Failure) {
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      try add(try Self.decode(parts[0]), parts.count > 1 ? try Self.decode(parts[1]) : "")
    }
  }

  package mutating func add(_ name: String, _ value: String) throws(Failure) {
    guard fields.count < Self.maximumCount else { throw .tooMany }
    guard places[name] == nil else { throw .duplicate(name) }
    places[name] = fields.count
    fields.append((name, value))
  }

  package subscript(_ name: String) -> String? { places[name].map { fields[$0].value } }

  /// The members of a list: `NAME.member.1`, `NAME.member.2`, … with what follows their number, in their order.
  package func members(of name: String) -> [[String: String]] {
    var members: [Int: [String: String]] = [:]
    for field in fields where field.name.hasPrefix(name + ".member.") {
      let rest = field.name.dropFirst(name.count + ".member.".count).split(separator: ".", maxSplits: 1)
      guard let number = rest.first.flatMap({ Int($0) }), number > 0 else { continue }
      members[number, default: [:]][rest.count > 1 ? String(rest[1]) : ""] = field.value
    }
    return members.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func decode(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    var decoded: [UInt8] = [], index = bytes.startIndex
    while index < bytes.endIndex {
      switch bytes[index] {
      case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.endIndex, let high = bytes[index + 1].hexadecimalValue,
          let low = bytes[index + 2].hexadecimalValue
        else { throw .malformed }
        decoded.append(high << 4 | low)
        index += 2
      case let byte: decoded.append(byte)
      }
      index += 1
    }
    // No parameter of any action has a NUL in it, and no database of ours.
    guard !decoded.contains(0), let text = String(validating: decoded, as: UTF8.self) else { throw .malformed }
    return text
  }
}
