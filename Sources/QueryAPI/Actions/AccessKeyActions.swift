internal import AWSQuery
internal import Authentication
internal import Directory
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

extension QueryAction {
  /// Access keys.
  static let accessKeyActions = [
    QueryAction(.createAccessKey, on: .user) { try await $0.createAccessKey() },
    QueryAction(.listAccessKeys, on: .user) { try await $0.listAccessKeys() },
    QueryAction(.updateAccessKey, on: .user) { try await $0.updateAccessKey() },
    QueryAction(.deleteAccessKey, on: .user) { try await $0.deleteAccessKey() },
  ]
}

extension ActionCall {
  fileprivate func createAccessKey() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .userName)
    try parameters.check()
    let user = try self.user(name)
    let (key, secret) = try await directory.createAccessKey(for: user, at: now)
    var xml = XMLText()
    xml.group("AccessKey") { xml in
      xml.write(key, of: user)
      xml.element("SecretAccessKey", secret.bytes.withBytes { $0.text })
    }
    return xml
  }

  fileprivate func listAccessKeys() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .userName)
    let page = try page(&parameters)
    let user = try self.user(name)
    let keys = try await iamUser(named: user).record.accessKeys.sorted {
      $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
    }
    var xml = XMLText()
    page.write("AccessKeyMetadata", page.rest(of: keys, key: \.id), key: \.id, to: &xml) { $0.write($1, of: user) }
    return xml
  }

  fileprivate func updateAccessKey() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .userName), id = parameters.required("AccessKeyId", .accessKeyID)
    _ = parameters.required("Status", .any)
    let status = parameters.choice("Status", ["Active", "Inactive"])
    try parameters.check()
    try await directory.setAccessKey(id, of: user(name), active: status == "Active", at: now)
    return nil
  }

  fileprivate func deleteAccessKey() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .userName), id = parameters.required("AccessKeyId", .accessKeyID)
    try parameters.check()
    try await directory.deleteAccessKey(id, of: user(name), at: now)
    return nil
  }
}

extension XMLText {
  fileprivate mutating func write(_ key: AccessKey, of user: UserName) {
    element("UserName", user == .root ? nil : user.text)
    element("AccessKeyId", key.id)
    element("Status", key.isActive ? "Active" : "Inactive")
    element("CreateDate", key.createdAt.text)
  }
}
