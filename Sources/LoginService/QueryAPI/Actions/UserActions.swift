internal import AWSQuery
internal import Accounts
internal import OATH
internal import Verifier

extension QueryAction {
  /// Users.
  static let userActions = [
    QueryAction("CreateUser", .administrators) { try await $0.createUser() },
    QueryAction("GetUser", .own) { try await $0.getUser() },
    QueryAction("ListUsers", .administrators) { try await $0.listUsers() },
    QueryAction("DeleteUser", .administrators) { try await $0.deleteUser() },
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
    let account = try await accounts.createUser(named(name), path: path, tags: tags, at: now)
    var xml = XMLText()
    xml.group("User") { $0.write(account) }
    return xml
  }

  fileprivate func getUser() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.optional("UserName", .userName)
    try parameters.check()
    let account = try await account(of: user(name))
    var xml = XMLText()
    xml.group("User") { $0.write(account) }
    return xml
  }

  fileprivate func listUsers() async throws -> XMLText? {
    var parameters = Parameters(form)
    let prefix = parameters.optional("PathPrefix", .pathPrefix) ?? "/"
    let page = try page(&parameters)
    let users = try await accounts.store.accounts(after: page.after, pathPrefix: prefix, limit: page.limit)
    tellOf(users.unreadable)
    var xml = XMLText()
    page.write("Users", users, to: &xml) { $0.write($1, withTags: false) }
    return xml
  }

  fileprivate func deleteUser() async throws -> XMLText? {
    var parameters = Parameters(form)
    let name = parameters.required("UserName", .userName)
    try parameters.check()
    try await accounts.deleteUser(named(name), at: now)
    return nil
  }
}

extension XMLText {
  /// The members of a `User`.
  mutating func write(_ account: Account, withTags: Bool = true) {
    element("Path", account.record.path)
    element("UserName", account.isRoot ? "root" : account.user.name.text)
    element("UserId", account.userID)
    element("Arn", account.arn)
    element("CreateDate", account.user.createdAt.text)
    element("PasswordLastUsed", account.record.login?.lastUsedAt?.text)
    if withTags, !account.record.tags.isEmpty { write(account.record.tags) }
  }
}
