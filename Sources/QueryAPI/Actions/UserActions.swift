internal import AWSQuery
internal import Authentication
internal import Directory
internal import OATH
internal import Verifier

extension QueryAction {
  /// Users.
  static let userActions = [
    QueryAction(.createUser, on: .user) { try await $0.createUser() },
    QueryAction(.getUser, on: .user) { try await $0.getUser() },
    QueryAction(.listUsers, on: .users) { try await $0.listUsers() },
    QueryAction(.deleteUser, on: .user) { try await $0.deleteUser() },
  ]
}

extension ActionCall {
  fileprivate func createUser() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.required("UserName", .newUserName), path = parameters.optional("Path", .path) ?? "/"
    let tags = parameters.accountTags(), boundary = parameters.optional("PermissionsBoundary", .policyARN)
    try parameters.check()
    try Self.check(path: path)
    try Self.check(tags: tags)
    // There are no policies: a user without the boundary that was asked for would be a user with more than was meant.
    if let boundary { throw QueryError.noSuchEntity("Scope ARN: \(boundary) does not exist or is not attachable.") }
    let user = try await directory.createUser(named(name), path: path, tags: tags, at: now)
    var xml = XMLText()
    xml.group("User") { $0.write(user) }
    return xml
  }

  fileprivate func getUser() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .userName)
    try parameters.check()
    let found = try await iamUser(named: user(name))
    var xml = XMLText()
    xml.group("User") { $0.write(found) }
    return xml
  }

  fileprivate func listUsers() async throws -> XMLText? {
    var parameters = Parameters(form)
    let prefix = parameters.optional("PathPrefix", .pathPrefix) ?? "/"
    let page = try page(&parameters)
    let users = try await directory.store.iamUsers(after: page.after, pathPrefix: prefix, limit: page.limit)
    tellOf(users.unreadable)
    var xml = XMLText()
    page.write("Users", users, to: &xml) { $0.write($1, withTags: false) }
    return xml
  }

  fileprivate func deleteUser() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.required("UserName", .userName)
    try parameters.check()
    try await directory.deleteUser(named(name), at: now)
    return nil
  }
}

extension XMLText {
  /// The members of a `User`.
  mutating func write(_ user: IAMUser, withTags: Bool = true) {
    element("Path", user.record.path)
    element("UserName", user.isRoot ? "root" : user.user.name.text)
    element("UserId", user.userID)
    element("Arn", user.arn)
    element("CreateDate", user.user.createdAt.text)
    element("PasswordLastUsed", user.record.login?.lastUsedAt?.text)
    if withTags, !user.record.tags.isEmpty { write(user.record.tags) }
  }
}
