internal import Foundation

/// The name of a user: 1 to 128 characters (Unicode scalars) of printable Unicode, in NFC, without a space at either
/// end. One person typing on two keyboards gets one record, and so one throttle.
public struct UserName: Sendable, Hashable {
  /// The name, in NFC.
  public let text: String

  /// - Throws: ``VerifierError/malformedName(_:)``.
  public init(_ text: String) throws(VerifierError) {
    if Self.isPlain(text.utf8) {
      self.text = text
      return
    }
    let normal = text.precomposedStringWithCanonicalMapping
    let scalars = normal.unicodeScalars
    guard !scalars.isEmpty else { throw .malformedName("the user name is empty") }
    guard scalars.count <= 128 else {
      throw .malformedName("a user name has at most 128 characters, not \(scalars.count)")
    }
    guard scalars.allSatisfy(\.isPrintable) else {
      throw .malformedName("the user name holds a character that cannot be printed, such as a line break")
    }
    guard scalars.first != " ", scalars.last != " " else {
      throw .malformedName("a user name neither begins nor ends with a space")
    }
    self.text = normal
  }

  /// Whether it is printable ASCII, which is in NFC, and a name: as nearly all are.
  private static func isPlain(_ text: String.UTF8View) -> Bool {
    let space = UInt8(ascii: " ")
    return (1...128).contains(text.count) && text.first != space && text.last != space
      && text.allSatisfy { (0x20..<0x7F).contains($0) }
  }

  /// The root user of the account, as AWS's credential report names it: no name that IAM gives to anybody.
  public static let root = UserName(unchecked: "<root_account>")

  private init(unchecked text: String) { self.text = text }

  /// Compares by scalars, as the databases do: in NFC, canonically equal names are the same scalars.
  public static func == (a: UserName, b: UserName) -> Bool {
    let x = a.text.utf8.span, y = b.text.utf8.span
    return x.count == y.count && x.indices.allSatisfy { x[$0] == y[$0] }
  }
}

extension UserName: Comparable, CustomStringConvertible {
  /// Orders by UTF-8, as the databases do.
  public static func < (a: UserName, b: UserName) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
  /// The name itself.
  public var description: String { text }
}

extension Unicode.Scalar {
  /// Neither control, format, surrogate, private, unassigned, nor a separator other than the ASCII space; nor what stands
  /// in the place of bytes that are not UTF-8, which would make one name of several.
  fileprivate var isPrintable: Bool {
    if isASCII { return value >= 0x20 && value != 0x7F }
    if self == "\u{FFFD}" { return false }
    return switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: self == " "
    default: true
    }
  }
}
