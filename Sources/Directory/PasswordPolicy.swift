internal import OpenSSLCrypto

/// What a password has to be: IAM's account password policy.
public struct PasswordPolicy: Sendable, Equatable {
  /// 6 to 128.
  public var minimumLength = 6
  /// One of `! @ # $ % ^ & * ( ) _ + - = [ ] { } | '`.
  public var requiresSymbols = false
  /// A digit.
  public var requiresNumbers = false
  /// A letter from A to Z.
  public var requiresUppercase = false
  /// A letter from a to z.
  public var requiresLowercase = false
  /// Whether users may change their own.
  public var allowsChange = false
  /// Days, 1 to 1095; nil: it does not expire.
  public var maximumAge: Int?
  /// How many old passwords may not come back, 1 to 24; nil: none is looked at.
  public var reusePrevention: Int?
  /// Whether an administrator has to renew one that expired.
  public var expiresHard = false

  /// What IAM makes of a policy that is updated without a word.
  public init() {}

  /// What holds while the account has no policy: at least 8 characters.
  public static let whereNoneIsSet: PasswordPolicy = {
    var policy = PasswordPolicy()
    policy.minimumLength = 8
    policy.allowsChange = true
    return policy
  }()

  /// What is wrong with a password, in words; nil where nothing is. The password is not repeated.
  package func objection(to password: Span<UInt8>) -> String? {
    let bytes = password.array
    // Characters, not bytes, as people count them.
    let length = String(decoding: bytes, as: UTF8.self).count
    if length < minimumLength { return "Password should have a minimum length of \(minimumLength)" }
    if requiresUppercase, !bytes.contains(where: (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) {
      return "Password should have at least one uppercase letter"
    }
    if requiresLowercase, !bytes.contains(where: (UInt8(ascii: "a")...UInt8(ascii: "z")).contains) {
      return "Password should have at least one lowercase letter"
    }
    if requiresNumbers, !bytes.contains(where: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains) {
      return "Password should have at least one number"
    }
    if requiresSymbols, !bytes.contains(where: Self.symbols.contains) {
      return "Password should have at least one symbol"
    }
    return nil
  }

  private static let symbols = Set("!@#$%^&*()_+-=[]{}|'".utf8)
}
