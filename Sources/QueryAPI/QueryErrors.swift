internal import AWSQuery
internal import Directory
internal import Verifier

extension QueryError {
  /// What the libraries have to say, in AWS's words.
  init(_ error: DirectoryError) {
    switch error {
    case .noSuchUser(let name): self = .noSuchUser(name)
    case .userExists(let name): self = .exists("User with name \(name) already exists.")
    case .userHas(.accessKeys): self = .conflict("Cannot delete entity, must delete access keys first.")
    case .userHas(.loginProfile): self = .conflict("Cannot delete entity, must delete login profile first.")
    case .userHas(.devices): self = .conflict("Cannot delete entity, must delete MFA device first.")
    case .noLoginProfile(let name): self = .noSuchEntity("Login Profile for User \(name) cannot be found.")
    case .loginProfileExists(let name): self = .exists("Login Profile for user \(name) already exists.")
    case .noSuchAccessKey(let id): self = .noSuchEntity("The Access Key with id \(id) cannot be found.")
    case .quota(let name, let limit): self = .quota(name, limit)
    case .passwordPolicy(let objection): self = QueryError(400, "PasswordPolicyViolation", objection)
    case .wrongPassword: self = .accessDenied("The old password was incorrect.")
    case .mayNotChangePassword:
      self = .accessDenied("The account password policy does not allow users to change their own password.")
    case .noPasswordPolicy: self = .noSuchEntity("The account policy with name PasswordPolicy cannot be found.")
    case .noSuchAlias(let alias): self = .noSuchEntity("The account alias \(alias) cannot be found.")
    case .busy: self = .busy
    case .tokenExists, .noSuchToken, .alreadyInitialised, .sessionOver: self = .unavailable
    case .verifier(let error): self.init(error)
    }
  }

  init(_ error: VerifierError) {
    switch error {
    case .noSuchUser(let name): self = .noSuchUser(name.text)
    case .noSuchDevice(let serial): self = .noSuchDevice(serial)
    case .notDevice, .notEnabled, .noActiveDevice: self = .notUsersDevice
    case .alreadyEnabled: self = .exists("MFA Device is already in use.")
    case .stillEnabled: self = .conflict("MFA VirtualDevice in use. Must deactivate first.")
    case .serialTaken: self = .exists("MFA device already exists.")
    case .userExists(let name): self = .exists("User with name \(name) already exists.")
    case .needsMFA: self = .accessDenied("MultiFactorAuthentication is needed: the user has an MFA device.")
    case .tooManyDevices(let limit): self = .quota("MFADevicesPerUser", limit)
    case .wrongCodeLength: self = .wrongCodes
    case .malformedName, .unusableURI, .seedLength, .oath:
      self = QueryError(400, "InvalidInput", "\(error)")
    case .userHasDevices: self = .conflict("Cannot delete entity, must delete MFA device first.")
    case .noSuchAuditRow, .unusableHistory, .invalidRule, .requestIDTaken, .masterKey, .rotationOvertaken, .keyInUse,
      .unknownKey,
      .corruptRecord, .store, .crypto:
      self = .unavailable
    }
  }
}
