/// Why text is no JSON, or not the JSON that is wanted. Names a place, never the text.
package enum JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text breaks RFC 8259 at this byte.
  case malformed(at: Int)
  /// Values are nested deeper than is followed.
  case tooDeep

  package var description: String {
    switch self {
    case .malformed(let offset): "the JSON is broken at byte \(offset)"
    case .tooDeep: "the JSON is nested too deeply"
    }
  }
}
