internal import OpenSSLCrypto

/// Twelve digits that name an installation, as an AWS account id does.
public struct AccountID: Sendable, Hashable {
  /// The digits.
  public let text: String

  /// - Throws: ``VerifierError/corruptRecord(_:)``: account ids are made by programs and kept in databases.
  public init(_ text: String) throws(VerifierError) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard text.utf8.count == 12, text.utf8.allSatisfy(digits.contains) else { throw .corruptRecord("the account id") }
    self.text = text
  }

  /// A new one; the first digit is not zero, which some programs would lose.
  public static func random() throws(VerifierError) -> AccountID {
    do throws(CryptoError) {
      return try AccountID(unchecked: String(100_000_000_000 + SecureRandom.number(below: 900_000_000_000)))
    } catch { throw .crypto(error) }
  }

  private init(unchecked text: String) { self.text = text }
}

/// The serial number of a device, in the form that AWS gives virtual devices: `arn:aws:iam::ACCOUNT:mfa/NAME`.
public struct Serial: Sendable, Hashable {
  /// The whole ARN.
  public let text: String

  /// The longest that AWS has.
  static let maximumLength = 256

  /// The serial of a device of this name, below a path that begins and ends with a slash, of what serials are made of: AWS's
  /// `[\w+=/:,.@-]`, in ASCII.
  /// - Throws: ``VerifierError/malformedName(_:)``, also where both together are too long.
  public init(account: AccountID, path: String = "/", name: DeviceName) throws(VerifierError) {
    let isAllowed = { (byte: UInt8) in
      DeviceName.isAllowed(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":")
    }
    guard path.hasPrefix("/"), path.hasSuffix("/"), path.utf8.count != 2, path.utf8.allSatisfy(isAllowed) else {
      throw .malformedName("the path of a device is /, or /DIVISION/TEAM/, of letters, digits and _+=:,.@- (ASCII)")
    }
    text = "arn:aws:iam::\(account.text):mfa\(path)\(name.text)"
    guard text.utf8.count <= Self.maximumLength else {
      throw .malformedName("path and name make a serial of more than \(Self.maximumLength) characters")
    }
  }

  /// The device's name: what comes after the last slash.
  public var name: String { text.split(separator: "/").last.map(String.init) ?? text }

  /// What comes before the name: `/`, or `/DIVISION/TEAM/`.
  public var path: String {
    guard let start = text.firstIndex(of: "/"), let end = text.lastIndex(of: "/") else { return "/" }
    return String(text[start...end])
  }

  /// A serial as it was stored or typed; whether there is such a device is for the store to say.
  public init(stored text: String) { self.text = text }
}

extension Serial: Comparable, CustomStringConvertible {
  /// Orders by UTF-8, as the databases do.
  public static func < (a: Serial, b: Serial) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
  /// The ARN.
  public var description: String { text }
}
