public import OATH
public import OpenSSLCrypto
public import Verifier

extension DirectoryService {
  /// Makes a user.
  /// - Throws: ``DirectoryError/userExists(_:)``, also for a name that differs in case alone.
  public func createUser(
    _ name: UserName, path: String = "/", tags: [Tag] = [], administrator: Bool = false,
    password: SharedSecret? = nil, mustChangePassword: Bool = false, at now: UnixTime
  ) async throws(DirectoryError) -> IAMUser {
    var login: LoginProfile?
    if let password { login = try await profile(with: password, mustChange: mustChangePassword, at: now) }
    let id: String
    do throws(CryptoError) { id = try Identifiers.userID() } catch { throw .verifier(.crypto(error)) }
    return try await change(name) { [login] state, record, _ throws(DirectoryError) in
      guard state.user == nil else { throw .userExists(name.text) }
      state.addUser(name, at: now)
      guard let user = state.user else { throw .noSuchUser(name.text) }
      record.userID = id
      record.path = path
      record.tags = tags
      record.isAdministrator = administrator
      record.login = login
      return IAMUser(accountID: state.account, user: user, devices: [], record: record)
    }
  }

  /// Removes a user who has nothing any more; devices that are not enabled go with them.
  /// - Throws: ``DirectoryError/userHas(_:)``.
  public func deleteUser(_ name: UserName, at now: UnixTime) async throws(DirectoryError) {
    try await change(existing: name) { state, record, _ throws(DirectoryError) in
      if state.devices.contains(where: { $0.isAssigned }) { throw .userHas(.devices) }
      if !record.accessKeys.isEmpty { throw .userHas(.accessKeys) }
      if record.login != nil { throw .userHas(.loginProfile) }
      for device in state.devices {
        state.events.append(AuditEvent(.deleteDevice, at: now, user: name, device: device.serial))
      }
      state.events.append(AuditEvent(.deleteUser, at: now, user: name))
      state.devices = []
      state.user = nil
      record = UserRecord()
    }
  }

  /// Sets tags of a device. A key that is there, in whatever case, gets the new value.
  /// - Throws: ``DirectoryError/quota(name:limit:)`` beyond 50.
  public func setTags(_ tags: [Tag], of device: Device, at now: UnixTime) async throws(DirectoryError) {
    try await changeTags(of: device, as: .tagDevice, at: now) { kept in
      kept.removeAll { tag in tags.contains { $0.key.lowercased() == tag.key.lowercased() } }
      kept += tags
    }
  }

  /// Removes tags of a device; a key that is not there is no error.
  public func removeTags(_ keys: [String], of device: Device, at now: UnixTime) async throws(DirectoryError) {
    let wanted = Set(keys.map { $0.lowercased() })
    try await changeTags(of: device, as: .untagDevice, at: now) { kept in
      kept.removeAll { wanted.contains($0.key.lowercased()) }
    }
  }

  private func changeTags(
    of device: Device, as name: AuditEvent.Name, at now: UnixTime, _ body: @escaping @Sendable (inout [Tag]) -> Void
  ) async throws(DirectoryError) {
    let serial = device.serial
    try await change(device.user) { state, record, _ throws(DirectoryError) in
      guard state.devices.contains(where: { $0.id == device.id }) else { throw .verifier(.noSuchDevice(serial.text)) }
      var tags = record.deviceTags[serial.text] ?? []
      body(&tags)
      guard tags.count <= Tag.limit else { throw .quota(name: "TagsPerMFADevice", limit: Tag.limit) }
      record.deviceTags[serial.text] = tags.isEmpty ? nil : tags
      state.events.append(AuditEvent(name, at: now, user: device.user, device: serial))
    }
  }
}

extension AuditEvent.Name {
  /// Tags of a device were set.
  public static let tagDevice = Self(rawValue: "TagMFADevice")
  /// Tags of a device were removed.
  public static let untagDevice = Self(rawValue: "UntagMFADevice")
  /// A user got a password.
  public static let createLoginProfile = Self(rawValue: "CreateLoginProfile")
  /// An administrator changed a password.
  public static let updateLoginProfile = Self(rawValue: "UpdateLoginProfile")
  /// A user lost the password.
  public static let deleteLoginProfile = Self(rawValue: "DeleteLoginProfile")
  /// A user changed the own password, or failed to.
  public static let changePassword = Self(rawValue: "ChangePassword")
  /// A user got an access key.
  public static let createAccessKey = Self(rawValue: "CreateAccessKey")
  /// An access key was switched on or off.
  public static let updateAccessKey = Self(rawValue: "UpdateAccessKey")
  /// An access key was removed.
  public static let deleteAccessKey = Self(rawValue: "DeleteAccessKey")
  /// The password policy was set.
  public static let updatePasswordPolicy = Self(rawValue: "UpdateAccountPasswordPolicy")
  /// The password policy was removed.
  public static let deletePasswordPolicy = Self(rawValue: "DeleteAccountPasswordPolicy")
  /// The account got an alias.
  public static let createAlias = Self(rawValue: "CreateAccountAlias")
  /// The account lost its alias.
  public static let deleteAlias = Self(rawValue: "DeleteAccountAlias")
  /// A credential report was made.
  public static let generateReport = Self(rawValue: "GenerateCredentialReport")
  /// Root got its first access key.
  public static let initialiseAccount = Self(rawValue: "InitialiseAccount")
  /// A bearer token was made.
  public static let createToken = Self(rawValue: "CreateToken")
  /// A bearer token was revoked.
  public static let revokeToken = Self(rawValue: "RevokeToken")
  /// Session credentials were given out.
  public static let getSessionToken = Self(rawValue: "GetSessionToken")
}
