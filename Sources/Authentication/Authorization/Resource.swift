public import Directory
public import Verifier

/// The subject of an action.
public struct Resource: Sendable, Equatable {
  private enum Form: Equatable {
    case account
    /// What is stored, by its ARN.
    case stored(arn: String)
    case user(name: String)
    case users(pathPrefix: String)
    case newMFADevice(path: String, name: String)
  }

  private let form: Form
  /// The user who owns it; nil if it belongs to the account, or if the owner is not known.
  public let owner: UserName?

  /// The account itself.
  public static let account = Resource(form: .account, owner: nil)

  /// A user.
  public static func user(_ user: IAMUser) -> Resource {
    Resource(form: .stored(arn: user.arn), owner: user.user.name)
  }

  /// A user of whom no more than a name is known, and who may not exist.
  public static func user(named name: UserName) -> Resource {
    Resource(form: .user(name: name.text), owner: name)
  }

  /// A user of whom no more than a name is known, which may be no name of a user.
  public static func user(named text: String) -> Resource {
    Resource(form: .user(name: text), owner: try? UserName(text))
  }

  /// The users whose path begins with a prefix; `/` for all users.
  public static func users(pathPrefix: String) -> Resource {
    Resource(form: .users(pathPrefix: pathPrefix), owner: nil)
  }

  /// An MFA device.
  public static func mfaDevice(_ device: Device) -> Resource {
    Resource(form: .stored(arn: device.serial.text), owner: device.user)
  }

  /// An MFA device of which no more than the serial number is known.
  public static func mfaDevice(serial: String) -> Resource { Resource(form: .stored(arn: serial), owner: nil) }

  /// A device that `owner` is about to create.
  public static func newMFADevice(named name: String, path: String, of owner: UserName) -> Resource {
    Resource(form: .newMFADevice(path: path, name: name), owner: owner)
  }

  /// The name that policies and refusals use; `*` for the account. Texts from a request are cut to the lengths of AWS.
  public func arn(in account: AccountID) -> String {
    switch form {
    case .account: "*"
    case .stored(let arn): arn.cut(to: 2048)
    case .user(let name): "arn:aws:iam::\(account.text):user/\(name.cut(to: 128))"
    case .users(let pathPrefix): "arn:aws:iam::\(account.text):user\(pathPrefix.cut(to: 512))"
    case .newMFADevice(let path, let name):
      "arn:aws:iam::\(account.text):mfa\(path.cut(to: 512))\(name.cut(to: 226))"
    }
  }
}

extension String {
  /// At most `count` scalars: a character may be made of any number of them.
  package func cut(to count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }
}
