/// The name of a device, the last part of its serial: AWS's `[\w+=,.@-]+`, in ASCII, at most 226 characters.
public struct DeviceName: Sendable, Hashable {
  /// The name.
  public let text: String

  /// The longest name that a serial of 256 characters has room for.
  public static let maximumLength = 226

  /// - Throws: ``VerifierError/malformedName(_:)``.
  public init(_ text: String) throws(VerifierError) {
    guard !text.isEmpty else { throw .malformedName("the device name is empty") }
    guard text.utf8.allSatisfy(Self.isAllowed) else {
      throw .malformedName("a device name is made of letters, digits and _+=,.@- (ASCII)")
    }
    guard text.utf8.count <= Self.maximumLength else {
      throw .malformedName("a device name has at most \(Self.maximumLength) characters, not \(text.utf8.count)")
    }
    self.text = text
  }

  static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_+=,.@-".utf8.contains(byte)
    }
  }

  /// This name for its first device, then `NAME-2`, `NAME-3`, …
  func numbered(_ number: Int) throws(VerifierError) -> DeviceName {
    number == 1 ? self : try DeviceName("\(text)-\(number)")
  }
}
