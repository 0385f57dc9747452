internal import AWSQuery
internal import Authentication
internal import Directory
internal import HTTPTypes
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

extension QueryAction {
  /// Passwords, and what they have to be.
  static let loginProfileActions = [
    QueryAction(.createLoginProfile, on: .user) { try await $0.createLoginProfile() },
    QueryAction(.getLoginProfile, on: .user) { try await $0.getLoginProfile() },
    QueryAction(.updateLoginProfile, on: .user) { try await $0.updateLoginProfile() },
    QueryAction(.deleteLoginProfile, on: .user) { try await $0.deleteLoginProfile() },
    QueryAction(.changePassword, on: .user) { try await $0.changePassword() },
    QueryAction(.getAccountPasswordPolicy, on: .account) { try await $0.getPasswordPolicy() },
    QueryAction(.updateAccountPasswordPolicy, on: .account) { try await $0.updatePasswordPolicy() },
    QueryAction(.deleteAccountPasswordPolicy, on: .account) { try await $0.deletePasswordPolicy() },
  ]
}

extension ActionCall {
  private static func secret(_ text: String) -> SharedSecret {
    let bytes = Array(text.utf8)
    return SharedSecret(SecretBytes(copying: bytes.span))
  }

  fileprivate func createLoginProfile() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .newUserName), password = parameters.required("Password", .password)
    let mustChange = parameters.bool("PasswordResetRequired") ?? false
    try parameters.check()
    let user = try userNotRoot(name)
    let profile = try await directory.createLoginProfile(
      for: user, password: Self.secret(password), mustChange: mustChange, at: now)
    return Self.xml(profile, of: user)
  }

  fileprivate func getLoginProfile() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .newUserName)
    try parameters.check()
    let user = try userNotRoot(name)
    guard let profile = try await iamUser(named: user).record.login else {
      throw DirectoryError.noLoginProfile(user.text)
    }
    return Self.xml(profile, of: user)
  }

  private static func xml(_ profile: LoginProfile, of user: UserName) -> XMLText {
    var xml = XMLText()
    xml.group("LoginProfile") { xml in
      xml.element("UserName", user.text)
      xml.element("CreateDate", profile.createdAt.text)
      xml.element("PasswordResetRequired", profile.mustChange)
    }
    return xml
  }

  fileprivate func updateLoginProfile() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.required("UserName", .newUserName), password = parameters.optional("Password", .password)
    let mustChange = parameters.bool("PasswordResetRequired")
    try parameters.check()
    try await directory.updateLoginProfile(
      for: named(name), password: password.map(Self.secret), mustChange: mustChange, at: now)
    return nil
  }

  fileprivate func deleteLoginProfile() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .newUserName)
    try parameters.check()
    try await directory.deleteLoginProfile(of: userNotRoot(name), at: now)
    return nil
  }

  fileprivate func changePassword() async throws -> XMLText? {
    var parameters = Parameters(form)
    let old = parameters.required("OldPassword", .password), new = parameters.required("NewPassword", .password)
    try parameters.check()
    guard !caller.user.isRoot else {
      throw QueryError(400, "InvalidUserType", "Only IAM Users can change their own password.")
    }
    let subjects = [AttemptLimits.Subject.owner(caller.name.text)]
    guard attempts.admit(subjects, at: now) == nil else { throw QueryError(400, "Throttling", "Rate exceeded") }
    try await attempts.forgivingIfBusy(subjects) {
      try await directory.changePassword(
        of: caller.name, from: Self.secret(old), to: Self.secret(new),
        despitePolicy: allows(.updateLoginProfile, on: .user(caller.user)), at: now)
    }
    attempts.forgive(subjects)
    return nil
  }

  fileprivate func getPasswordPolicy() async throws -> XMLText? {
    let settings = try await directory.store.settings()
    guard let policy = settings.passwordPolicy else {
      throw QueryError.noSuchEntity("The Password Policy with domain name \(settings.id.text) cannot be found.")
    }
    var xml = XMLText()
    xml.group("PasswordPolicy") { xml in
      xml.element("MinimumPasswordLength", policy.minimumLength)
      xml.element("RequireSymbols", policy.requiresSymbols)
      xml.element("RequireNumbers", policy.requiresNumbers)
      xml.element("RequireUppercaseCharacters", policy.requiresUppercase)
      xml.element("RequireLowercaseCharacters", policy.requiresLowercase)
      xml.element("AllowUsersToChangePassword", policy.allowsChange)
      xml.element("ExpirePasswords", policy.maximumAge != nil)
      if let age = policy.maximumAge { xml.element("MaxPasswordAge", age) }
      if let count = policy.reusePrevention { xml.element("PasswordReusePrevention", count) }
      if policy.expiresHard { xml.element("HardExpiry", true) }
    }
    return xml
  }

  /// A policy is set as a whole: what is not given is as IAM's default has it.
  fileprivate func updatePasswordPolicy() async throws -> XMLText? {
    var parameters = Parameters(form), policy = PasswordPolicy()
    policy.minimumLength = parameters.integer("MinimumPasswordLength", in: 6...128) ?? 6
    policy.requiresSymbols = parameters.bool("RequireSymbols") ?? false
    policy.requiresNumbers = parameters.bool("RequireNumbers") ?? false
    policy.requiresUppercase = parameters.bool("RequireUppercaseCharacters") ?? false
    policy.requiresLowercase = parameters.bool("RequireLowercaseCharacters") ?? false
    policy.allowsChange = parameters.bool("AllowUsersToChangePassword") ?? false
    policy.maximumAge = parameters.integer("MaxPasswordAge", in: 1...1095)
    policy.reusePrevention = parameters.integer("PasswordReusePrevention", in: 1...24)
    policy.expiresHard = parameters.bool("HardExpiry") ?? false
    try parameters.check()
    try await directory.setPasswordPolicy(policy, at: now)
    return nil
  }

  fileprivate func deletePasswordPolicy() async throws -> XMLText? {
    try await directory.deletePasswordPolicy(at: now)
    return nil
  }
}
