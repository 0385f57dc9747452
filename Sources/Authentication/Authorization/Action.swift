/// An action that somebody asks the service for, under the name that policies use.
public struct Action: Hashable, Sendable {
  /// AWS's prefix of a service, or `vmfa` for what AWS does not have.
  public enum Service: String, Sendable {
    case iam, sts, cloudtrail, vmfa
  }

  /// The part of the name before the colon.
  public let service: Service
  /// The part of the name after the colon, such as `CreateUser`.
  public let name: String
  /// Whether the action changes anything. Such an action writes its own audit row, in the transaction of the change.
  public let isChange: Bool

  /// `iam:CreateUser`.
  public var fullName: String { "\(service.rawValue):\(name)" }

  private static func change(_ service: Service, _ name: String) -> Action {
    Action(service: service, name: name, isChange: true)
  }

  private static func read(_ service: Service, _ name: String) -> Action {
    Action(service: service, name: name, isChange: false)
  }
}

// MARK: Devices and codes

extension Action {
  public static let createVirtualMFADevice = change(.iam, "CreateVirtualMFADevice")
  public static let enableMFADevice = change(.iam, "EnableMFADevice")
  public static let resyncMFADevice = change(.iam, "ResyncMFADevice")
  public static let deactivateMFADevice = change(.iam, "DeactivateMFADevice")
  public static let deleteVirtualMFADevice = change(.iam, "DeleteVirtualMFADevice")
  public static let tagMFADevice = change(.iam, "TagMFADevice")
  public static let untagMFADevice = change(.iam, "UntagMFADevice")
  public static let listMFADevices = read(.iam, "ListMFADevices")
  public static let listVirtualMFADevices = read(.iam, "ListVirtualMFADevices")
  public static let getMFADevice = read(.iam, "GetMFADevice")
  public static let listMFADeviceTags = read(.iam, "ListMFADeviceTags")
  /// Removes a device of one's own that was never enabled.
  public static let discardMFADevice = change(.vmfa, "DiscardMFADevice")
  /// Unlocks a user or a device after wrong codes.
  public static let unlock = change(.vmfa, "Unlock")
  public static let createRecoveryCodes = change(.vmfa, "CreateRecoveryCodes")
  /// Checks a code of a user, for a login service.
  public static let verifyCode = change(.vmfa, "VerifyCode")
}

// MARK: Users and their credentials

extension Action {
  public static let createUser = change(.iam, "CreateUser")
  public static let getUser = read(.iam, "GetUser")
  public static let listUsers = read(.iam, "ListUsers")
  public static let deleteUser = change(.iam, "DeleteUser")
  public static let createLoginProfile = change(.iam, "CreateLoginProfile")
  public static let getLoginProfile = read(.iam, "GetLoginProfile")
  public static let updateLoginProfile = change(.iam, "UpdateLoginProfile")
  public static let deleteLoginProfile = change(.iam, "DeleteLoginProfile")
  public static let changePassword = change(.iam, "ChangePassword")
  public static let createAccessKey = change(.iam, "CreateAccessKey")
  public static let listAccessKeys = read(.iam, "ListAccessKeys")
  public static let updateAccessKey = change(.iam, "UpdateAccessKey")
  public static let deleteAccessKey = change(.iam, "DeleteAccessKey")
  /// Demands a device of a user before anything else.
  public static let requireMFA = change(.vmfa, "RequireMFA")
  /// Ends sessions on the pages.
  public static let endSession = change(.vmfa, "EndSession")
}

// MARK: The account

extension Action {
  public static let createAccountAlias = change(.iam, "CreateAccountAlias")
  public static let listAccountAliases = read(.iam, "ListAccountAliases")
  public static let deleteAccountAlias = change(.iam, "DeleteAccountAlias")
  public static let getAccountSummary = read(.iam, "GetAccountSummary")
  public static let generateCredentialReport = change(.iam, "GenerateCredentialReport")
  public static let getCredentialReport = read(.iam, "GetCredentialReport")
  public static let getAccountPasswordPolicy = read(.iam, "GetAccountPasswordPolicy")
  public static let updateAccountPasswordPolicy = change(.iam, "UpdateAccountPasswordPolicy")
  public static let deleteAccountPasswordPolicy = change(.iam, "DeleteAccountPasswordPolicy")
  /// Reads the audit trail.
  public static let lookupEvents = read(.cloudtrail, "LookupEvents")
  public static let getSessionToken = read(.sts, "GetSessionToken")
  public static let getCallerIdentity = read(.sts, "GetCallerIdentity")
}
