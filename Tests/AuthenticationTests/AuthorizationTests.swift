import Authentication
import Directory
import StoreContract
import Testing
import Verifier

/// Every action, by whoever may ask for it.
@Suite struct AuthorizationTests {
  static let all: [Action] = [
    .createVirtualMFADevice, .enableMFADevice, .resyncMFADevice, .deactivateMFADevice, .deleteVirtualMFADevice,
    .tagMFADevice, .untagMFADevice, .listMFADevices, .listVirtualMFADevices, .getMFADevice, .listMFADeviceTags,
    .discardMFADevice, .unlock, .createRecoveryCodes, .verifyCode, .createUser, .getUser, .listUsers, .deleteUser,
    .createLoginProfile, .getLoginProfile, .updateLoginProfile, .deleteLoginProfile, .changePassword, .createAccessKey,
    .listAccessKeys, .updateAccessKey, .deleteAccessKey, .requireMFA, .endSession, .createAccountAlias,
    .listAccountAliases, .deleteAccountAlias, .getAccountSummary, .generateCredentialReport, .getCredentialReport,
    .getAccountPasswordPolicy, .updateAccountPasswordPolicy, .deleteAccountPasswordPolicy, .lookupEvents,
    .getSessionToken, .getCallerIdentity,
  ]
  static let everybodys: Set<Action> = [.getSessionToken, .getCallerIdentity]
  static let own: Set<Action> = [
    .createVirtualMFADevice, .enableMFADevice, .resyncMFADevice, .listMFADevices, .getMFADevice, .listMFADeviceTags,
    .discardMFADevice, .getUser, .getLoginProfile, .endSession,
  ]
  static let ownWithMFA: Set<Action> = [
    .deactivateMFADevice, .createAccessKey, .listAccessKeys, .updateAccessKey, .deleteAccessKey, .changePassword,
    .createRecoveryCodes,
  ]

  private func decide(
    _ principal: Principal, _ action: Action, on resources: Resource..., mfa: Bool = false
  ) -> Decision {
    Authorization.authorize(principal, action, on: resources, in: AuthorizationContext(mfaPresent: mfa))
  }

  @Test(arguments: all)
  func `root and administrators may do everything to everybody, recovery codes with MFA`(action: Action) async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una")
    for user in [try await fixture.root(), try await fixture.user("ada")] {
      for resource in [Resource.user(una), .user(user), .account, .users(pathPrefix: "/")] {
        #expect(decide(Principal(user), action, on: resource, mfa: true) == .allowed)
        let wanted = action == .createRecoveryCodes ? Decision.explicitlyDenied(.needsMFA) : .allowed
        #expect(decide(Principal(user), action, on: resource) == wanted)
      }
    }
  }

  @Test(arguments: all)
  func `a user may look after what is their own`(action: Action) async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una"), principal = Principal(una)
    let bare = decide(principal, action, on: .user(una)), withMFA = decide(principal, action, on: .user(una), mfa: true)
    if Self.own.contains(action) || Self.everybodys.contains(action) {
      #expect(bare == .allowed && withMFA == .allowed)
    } else if Self.ownWithMFA.contains(action) {
      #expect(bare == .explicitlyDenied(.needsMFA) && withMFA == .allowed)
    } else {
      #expect(bare == .implicitlyDenied && withMFA == .implicitlyDenied)
    }
  }

  @Test(arguments: all)
  func `a user may do nothing to others and to the account`(action: Action) async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una"), ugo = try await fixture.user("ugo")
    let root = try await fixture.root()
    let wanted = Self.everybodys.contains(action) ? Decision.allowed : .implicitlyDenied
    for other in [
      Resource.user(ugo), .user(root), .user(named: "ghost"), .users(pathPrefix: "/"), .account,
      .mfaDevice(serial: "arn:aws:iam::123456789012:mfa/x"),
    ] {
      #expect(decide(Principal(una), action, on: other, mfa: true) == wanted)
      // One that is refused among several refuses all.
      #expect(decide(Principal(una), action, on: .user(una), other, mfa: true) == wanted)
    }
    #expect(decide(Principal(una), action, mfa: true) == .implicitlyDenied)
  }

  @Test func `a prohibition counts more than a missing permission`() async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una"), ugo = try await fixture.user("ugo")
    #expect(
      decide(Principal(una), .changePassword, on: .user(ugo), .user(una)) == .explicitlyDenied(.needsMFA))
  }

  @Test func `a device is its user's`() async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una")
    let own = try await fixture.bench.device(try await fixture.bench.created(for: "una"))
    let other = try await fixture.bench.device(try await fixture.bench.created(for: "ugo", name: "ugos"))
    #expect(decide(Principal(una), .getMFADevice, on: .mfaDevice(own)) == .allowed)
    #expect(decide(Principal(una), .getMFADevice, on: .mfaDevice(other)) == .implicitlyDenied)
  }

  @Test(arguments: all)
  func `a token may do what its scope says, and nothing to root's second factor`(action: Action) async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una"), root = try await fixture.root()
    let enrolling: Set<Action> = [.createVirtualMFADevice, .enableMFADevice, .listMFADevices]
    let needed: APIToken.Scope = action == .verifyCode ? .verify : enrolling.contains(action) ? .enroll : .admin
    let aboutRoot: Set<Action> = [
      .createVirtualMFADevice, .enableMFADevice, .resyncMFADevice, .deactivateMFADevice, .deleteVirtualMFADevice,
      .unlock, .createRecoveryCodes,
    ]
    for scope in APIToken.Scope.allCases {
      let (token, _) = try await fixture.directory.createToken(scope.rawValue, scopes: [scope], at: Fixture.now)
      let isEnough = scope == needed || scope == .admin
      let refusal = Decision.explicitlyDenied(.needsScope(needed.rawValue))
      #expect(decide(.token(token), action, on: .user(una)) == (isEnough ? .allowed : refusal))
      let wanted = aboutRoot.contains(action) ? Decision.explicitlyDenied(.rootUser) : .allowed
      #expect(decide(.token(token), action, on: .user(root)) == (isEnough ? wanted : refusal))
    }
  }

  @Test func `resources are named as AWS names them, and no longer than AWS lets them be`() async throws {
    let fixture = try await Fixture(), account = try AccountID("123456789012"),
      long = String(repeating: "x", count: 600)
    let una = try await fixture.user("una"), root = try await fixture.root()
    #expect(Resource.account.arn(in: account) == "*")
    #expect(Resource.user(una).arn(in: account) == "arn:aws:iam::123456789012:user/una")
    #expect(Resource.user(root).arn(in: account) == "arn:aws:iam::123456789012:root")
    #expect(Resource.user(named: "ghost").arn(in: account) == "arn:aws:iam::123456789012:user/ghost")
    #expect(Resource.user(named: long).arn(in: account).utf8.count == 31 + 128)
    #expect(Resource.users(pathPrefix: "/a/").arn(in: account) == "arn:aws:iam::123456789012:user/a/")
    let new = Resource.newMFADevice(named: "phone", path: "/a/", of: una.user.name)
    #expect(new.arn(in: account) == "arn:aws:iam::123456789012:mfa/a/phone" && new.owner == una.user.name)
    #expect(Resource.user(named: "").owner == nil)
  }

  @Test func `a principal is named as audit rows name it`() async throws {
    let fixture = try await Fixture()
    let (token, _) = try await fixture.directory.createToken("gate", scopes: [.verify], at: Fixture.now)
    #expect(Principal(try await fixture.root()).name == "arn:aws:iam::123456789012:root")
    #expect(Principal(try await fixture.user("una")).name == "arn:aws:iam::123456789012:user/una")
    #expect(Principal.token(token).name == "token:gate" && Principal.token(token).iamUser == nil)
  }
}
