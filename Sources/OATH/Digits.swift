/// How many digits a code has (RFC 4226 §5.3: six at least, seven and eight may be had).
public enum Digits: Int, Sendable, Hashable, CaseIterable {
  case six = 6
  case seven = 7
  case eight = 8

  /// - Throws: ``OATHError/outOfRange(_:)`` for anything but 6, 7 and 8.
  public init(count: Int) throws(OATHError) {
    guard let digits = Digits(rawValue: count) else { throw .outOfRange("digits must be 6, 7 or 8, not \(count)") }
    self = digits
  }
}
