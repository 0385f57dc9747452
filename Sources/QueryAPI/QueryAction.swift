internal import AWSQuery
internal import Authentication
internal import Directory
internal import Enrollment
internal import OATH
internal import Verifier

/// The services that the query API speaks for; each has a version and a name space of its own.
enum QueryServiceName: String, Sendable {
  case iam, sts

  init?(version: String) {
    switch version {
    case "2010-05-08": self = .iam
    case "2011-06-15": self = .sts
    default: return nil
    }
  }

  var namespace: String {
    switch self {
    case .iam: "https://iam.amazonaws.com/doc/2010-05-08/"
    case .sts: "https://sts.amazonaws.com/doc/2011-06-15/"
    }
  }
}

/// An action of IAM or STS that is served here.
struct QueryAction: Sendable {
  /// The resource of an action, by the parameters of its request.
  enum Subject: Sendable {
    /// The user that `UserName` names, else the caller.
    case user
    /// The users under `PathPrefix`.
    case users
    /// The device that `SerialNumber` names.
    case device
    /// The device that `VirtualMFADeviceName` and `Path` name, which is about to be created.
    case newDevice
    /// The account itself.
    case account
  }

  let action: Action
  let subject: Subject
  /// The content of `<NameResult>`; nil for an action that has none.
  let run: @Sendable (ActionCall) async throws -> XMLText?

  init(
    _ action: Action, on subject: Subject, run: @escaping @Sendable (ActionCall) async throws -> XMLText?
  ) {
    self.action = action
    self.subject = subject
    self.run = run
  }

  var name: String { action.name }
  var service: QueryServiceName { action.service == .sts ? .sts : .iam }

  /// All actions, by name.
  static let all: [String: QueryAction] = {
    let lists = [deviceActions, userActions, loginProfileActions, accessKeyActions, accountActions, sessionActions]
    return Dictionary(lists.joined().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }()
}

/// One call of an action.
struct ActionCall: Sendable {
  let operation: QueryAction
  let form: QueryForm
  let caller: Caller
  /// On behalf of the caller.
  let directory: DirectoryService
  /// As authenticators show it.
  let issuer: String
  /// Of passwords, shared with the pages.
  let attempts: AttemptLimits
  let now: UnixTime
  /// Told of every code that was checked.
  let observe: @Sendable (Verdict) -> Void
  /// Told of what a list is answered without.
  let tellOf: @Sendable ([Unreadable]) -> Void

  var verifier: Verifier { directory.verifier }

  /// The user that a call is about: the one that is named, else the caller.
  func user(_ name: String?) throws -> UserName {
    guard let name else { return caller.name }
    return try named(name)
  }

  /// As above, for what only users have.
  func userNotRoot(_ name: String?) throws -> UserName {
    if name == nil, caller.user.isRoot { throw QueryError.needsUserName }
    return try user(name)
  }

  func named(_ name: String) throws -> UserName {
    do throws(VerifierError) { return try UserName(name) } catch { throw QueryError.noSuchUser(name) }
  }

  func iamUser(named user: UserName) async throws -> IAMUser {
    if user == caller.name { return caller.user }
    return try await directory.iamUser(named: user)
  }

  /// The device of a serial.
  func device(_ serial: String) async throws -> Device {
    try await verifier.device(.serial(Serial(stored: serial)))
  }

  // MARK: Pages

  /// The part of a list that was asked for, and where it goes on.
  struct Page {
    let limit: Int
    let after: String?

    /// `found` holds more items than the page, if there are more.
    func write<Item: Sendable>(
      _ name: String, _ found: [Item], key: (Item) -> String, to xml: inout XMLText,
      _ content: (inout XMLText, Item) -> Void
    ) {
      write(name, Listing(found, limit: limit, name: key), to: &xml, content)
    }

    func write<Item: Sendable>(
      _ name: String, _ found: Listing<Item>, to xml: inout XMLText, _ content: (inout XMLText, Item) -> Void
    ) {
      xml.list(name, found.items, content)
      xml.element("IsTruncated", found.next != nil)
      if let next = found.next { xml.element("Marker", Page.marker(after: next)) }
    }

    /// For lists that are at hand as a whole.
    func rest<Item>(of all: [Item], key: (Item) -> String) -> [Item] {
      guard let after else { return all }
      return all.filter { after.utf8.lexicographicallyPrecedes(key($0).utf8) }
    }

    fileprivate static func marker(after key: String) -> String {
      "v1" + key.utf8.hexadecimal
    }

    fileprivate static func key(of marker: String) -> String? {
      // As in a form, which would not take it as it stands.
      guard marker.hasPrefix("v1"), let bytes = [UInt8](hexadecimal: marker.utf8.dropFirst(2)), !bytes.isEmpty,
        !bytes.contains(0)
      else { return nil }
      return String(validating: bytes, as: UTF8.self)
    }
  }

  /// Reads `Marker` and `MaxItems`, and checks all parameters that were read before.
  func page(_ parameters: inout Parameters) throws(QueryError) -> Page {
    let marker = parameters.optional("Marker", .marker)
    let limit = parameters.integer("MaxItems", in: 1...1000) ?? 100
    try parameters.check()
    guard let marker else { return Page(limit: limit, after: nil) }
    guard let key = Page.key(of: marker) else { throw .invalidMarker }
    return Page(limit: limit, after: key)
  }
}
