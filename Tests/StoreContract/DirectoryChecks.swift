import Authentication
package import Directory
import OATH
import OpenSSLCrypto
import Testing
import Verifier

/// What every ``DirectoryStore`` must hold to, beside what every device store must.
package enum DirectoryContract {
  package typealias Check = StoreCheck<any DirectoryStore>

  private static func service(_ store: any DirectoryStore) async throws -> (DirectoryService, Bench) {
    let bench = try await Bench(store: store)
    return (DirectoryService(store: store, verifier: bench.verifier, hasher: .cheap()), bench)
  }

  private static func secret(_ text: String) -> SharedSecret {
    let bytes = Array(text.utf8)
    return SharedSecret(SecretBytes(copying: bytes.span))
  }

  package static let checks = [
    Check("an account is read back as it was written, by another handle too") { open in
      let (service, bench) = try await service(open()), name = try UserName("alice"), now = Bench.now
      _ = try await service.createUser(
        name, path: "/a/", tags: [Tag(key: "k", value: "v")], administrator: true, password: secret("correct horse"),
        at: now)
      let (key, keySecret) = try await service.createAccessKey(for: name, at: now)
      try await service.noteUse(of: key, by: name, service: "iam", region: "us-east-1", at: now)
      let device = try await bench.device(try await bench.created())
      try await service.setTags([Tag(key: "d", value: "")], of: device, at: now)

      let (other, _) = try await DirectoryContract.service(open())
      let account = try await other.iamUser(named: name)
      let same = try await service.iamUser(named: name)
      #expect(account == same)
      #expect(account.record.path == "/a/" && account.record.isAdministrator && account.record.tags.count == 1)
      #expect(account.record.deviceTags[device.serial.text] == [Tag(key: "d", value: "")])
      #expect(account.record.accessKeys.first?.lastUse?.region == "us-east-1")
      let found = try await other.store.iamUser(withAccessKey: key.id)
      #expect(found == account)
      let opened = try await other.secret(of: key, user: name)
      let isSame = opened.bytes.withBytes { a in keySecret.bytes.withBytes { b in ConstantTime.equal(a, b) } }
      #expect(isSame)
      #expect(try await other.checkPassword(secret("correct horse"), of: name, at: now) != nil)
      #expect(try await other.checkPassword(secret("battery staple"), of: name, at: now) == nil)
      #expect(try await other.checkPassword(secret("correct horse"), of: UserName("bob"), at: now) == nil)
    },
    Check("an account id that begins with a zero is kept, in serials too") { open in
      let (service, bench) = try await service(open()), id = try AccountID("012345678901")
      _ = try await service.initialise(id: id, at: Bench.now)
      let (other, beside) = try await DirectoryContract.service(open())
      #expect(try await other.store.settings().id == id)
      #expect(try await other.store.rules() == .standard)
      let device = try await beside.device(try await beside.enrolled())
      #expect(device.serial.text == "arn:aws:iam::012345678901:mfa/alice")
      #expect(try await bench.verify(step: Bench.step()).isAccepted)
    },
    Check("a session on the pages is found by its secret alone, renewed, revoked, and over in time") { open in
      let (service, _) = try await service(open()), name = try UserName("élise +1"), now = Bench.now
      _ = try await service.createUser(name, at: now)
      var new = DirectoryService.NewSession(stage: .code, mfaPresent: false, source: "192.0.2.1", agent: "a browser")
      let first = try await service.startPageSession(new, of: name, on: .password(nil), at: now)
      let (other, _) = try await DirectoryContract.service(open())
      let pending = try #require(try await other.pageSession(first, at: now)?.session)
      #expect(
        pending.stage == .code && !pending.mfaPresent && pending.source == "192.0.2.1" && pending.agent == "a browser")
      #expect(try await other.pageSession(first, at: now.advanced(by: PageSession.signInTime)) == nil)
      for wrong in ["", ".", "x.y", String(first.dropLast()) + "x", String(first.dropFirst())] {
        #expect(try await other.pageSession(wrong, at: now) == nil)
      }

      (new.stage, new.mfaPresent) = (.signedIn, true)
      let second = try await other.startPageSession(new, of: name, on: .session(pending), at: now)
      #expect(try await service.pageSession(first, at: now) == nil)
      // What is gone carries nothing on.
      await #expect(throws: DirectoryError.sessionOver) {
        try await service.startPageSession(new, of: name, on: .session(pending), at: now)
      }
      #expect(try await service.pageSession(second, at: now)?.session.mfaPresent == true)
      // Looked at within the hour, it goes on; left alone for one, it is over.
      let later = now.advanced(by: PageSession.idleTime - 1)
      #expect(try await service.pageSession(second, at: later) != nil)
      #expect(try await service.pageSession(second, at: later.advanced(by: PageSession.idleTime - 1)) != nil)
      #expect(try await service.pageSession(second, at: later.advanced(by: 2 * PageSession.idleTime)) == nil)
      #expect(try await service.pageSession(second, at: now.advanced(by: PageSession.lifetime)) == nil)

      try await service.endPageSessions(of: name, at: now) { _ in true }
      #expect(try await other.pageSession(second, at: now) == nil)
      (new.stage, new.mfaPresent) = (.code, false)
      for _ in 0..<(PageSession.limit + 5) {
        _ = try await service.startPageSession(new, of: name, on: .password(nil), at: now)
      }
      (new.stage, new.mfaPresent) = (.signedIn, true)
      for _ in 0..<(PageSession.limit + 5) {
        let held = try await service.startPageSession(new, of: name, on: .password(nil), at: now)
        #expect(try await service.pageSession(held, at: now) != nil)
      }
      let login = LoginProfile(hash: "", createdAt: now, changedAt: now, mustChange: false)
      await #expect(throws: DirectoryError.sessionOver) {
        try await service.startPageSession(new, of: name, on: .password(login), at: now)
      }
      #expect(try await service.iamUser(named: name).record.sessions.count == 2 * PageSession.limit)
      try await service.setRequiresMFA(true, of: name, at: now)
      #expect(try await other.iamUser(named: name).record.requiresMFA)
      try await service.deleteUser(name, at: now)
      #expect(try await other.pageSession(second, at: now) == nil)
    },
    Check("a one-time password is good once, and no old one comes back in its place") { open in
      let (service, _) = try await service(open()), name = try UserName("alice"), now = Bench.now
      _ = try await service.createUser(name, at: now)
      let held = try await service.startPageSession(
        DirectoryService.NewSession(stage: .signedIn, mfaPresent: false, source: nil, agent: ""), of: name,
        on: .password(nil), at: now)
      _ = try await service.createLoginProfile(for: name, password: secret("some password"), mustChange: false, at: now)
      #expect(try await service.pageSession(held, at: now) != nil)
      let given = try await service.setOneTimePassword(of: name, at: now)
      #expect(try await service.pageSession(held, at: now) == nil)
      #expect(try await service.checkPassword(given, of: name, at: now) != nil)
      let login = try #require(try await service.iamUser(named: name).record.login)
      #expect(login.mustChange(under: .whereNoneIsSet, at: now))
      await #expect(throws: DirectoryError.passwordPolicy("The new password is the old one")) {
        try await service.replacePassword(of: name, by: given, keeping: nil, at: now)
      }
      try await service.replacePassword(of: name, by: secret("correct horse"), keeping: nil, at: now)
      let changed = try #require(try await service.iamUser(named: name).record.login)
      #expect(!changed.mustChange(under: .whereNoneIsSet, at: now))
      var policy = PasswordPolicy()
      policy.maximumAge = 30
      #expect(!changed.mustChange(under: policy, at: now.advanced(by: 30 * 86_400)))
      #expect(changed.mustChange(under: policy, at: now.advanced(by: 31 * 86_400)))
      #expect(try await service.checkPassword(given, of: name, at: now) == nil)
      #expect(try await service.checkPassword(given, of: nil, at: now) == nil)
    },
    Check("what objects changes nothing, and leaves no row") { open in
      let (service, bench) = try await service(open()), name = try UserName("alice")
      _ = try await service.createUser(name, at: Bench.now)
      for _ in 0..<2 { _ = try await service.createAccessKey(for: name, at: Bench.now) }
      let rows = try await bench.verifier.auditRecords(AuditQuery()).count,
        before = try await service.iamUser(named: name)
      await #expect(throws: DirectoryError.quota(name: "AccessKeysPerUser", limit: 2)) {
        try await service.createAccessKey(for: name, at: Bench.now)
      }
      await #expect(throws: DirectoryError.userHas(.accessKeys)) { try await service.deleteUser(name, at: Bench.now) }
      await #expect(throws: DirectoryError.userExists("alice")) {
        try await service.createUser(UserName("ALICE"), at: Bench.now)
      }
      #expect(try await service.iamUser(named: name) == before)
      #expect(try await bench.verifier.auditRecords(AuditQuery()).count == rows)
    },
    Check("nothing of a deleted user is left for the next one of the name") { open in
      let (service, bench) = try await service(open()), name = try UserName("alice")
      let first = try await service.createUser(
        name, tags: [Tag(key: "k", value: "")], password: secret("correct horse"), at: Bench.now)
      let (key, _) = try await service.createAccessKey(for: name, at: Bench.now)
      _ = try await bench.verifier.deleteUser(name, evenIfEnabled: true, at: Bench.now)
      #expect(try await service.store.iamUser(withAccessKey: key.id) == nil)
      let second = try await service.createUser(name, at: Bench.now)
      #expect(second.record.accessKeys.isEmpty && second.record.tags.isEmpty && second.record.login == nil)
      #expect(second.userID != first.userID)
    },
    Check("a device goes to the user who enables it, with its tags, and works there") { open in
      let (service, bench) = try await service(open()), now = Bench.now
      let alice = try UserName("alice")
      _ = try await service.createUser(alice, at: now)
      let reference = try await bench.created(for: "pool"), device = try await bench.device(reference)
      try await service.setTags([Tag(key: "k", value: "v")], of: device, at: now)
      let pair = try Bench.pair(Bench.step() - 1)
      await #expect(throws: VerifierError.notDevice(device.serial, of: alice)) {
        try await bench.verifier.enable(
          reference, for: alice,
          within: .selfService(of: alice, pool: .root, allowsFurtherDevice: true, deviceLimit: 8), with: pair, at: now)
      }
      let verdict = try await bench.verifier.enable(
        reference, for: alice, within: .administrative(deviceLimit: 8), with: pair, at: now)
      #expect(verdict.isAccepted(step: Bench.step() - 1, drift: -1))
      #expect(try await bench.device(reference).user == alice)
      #expect(try await service.iamUser(named: alice).record.deviceTags[device.serial.text]?.count == 1)
      #expect(try await service.iamUser(named: UserName("pool")).devices.isEmpty)
      #expect(try await bench.verify(step: Bench.step()).isAccepted)
      #expect(try await bench.verifier.checkDatabase().problems.isEmpty)
      #expect(try await bench.verifier.verifyAudit().findings.isEmpty)
    },
    Check("a device that is enabled by many at once becomes one user's") { open in
      let (service, bench) = try await service(open()), now = Bench.now
      let reference = try await bench.created(for: "pool"), names = (0..<16).map { "u\($0)" }
      for name in names { _ = try await service.createUser(UserName(name), at: now) }
      let pair = try Bench.pair(Bench.step() - 1)
      let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for name in names {
          group.addTask {
            let user = try UserName(name)
            do {
              let verdict = try await bench.verifier.enable(
                reference, for: user, within: .administrative(deviceLimit: 8), with: pair, at: now)
              if case .accepted = verdict { return true }
              return false
            } catch VerifierError.alreadyEnabled { return false }
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(accepted == 1)
    },
    Check("settings, tokens and the report are the account's") { open in
      let (service, _) = try await service(open()), now = Bench.now
      try await service.setAlias("example", at: now)
      var policy = PasswordPolicy()
      (policy.minimumLength, policy.maximumAge) = (10, 90)
      try await service.setPasswordPolicy(policy, at: now)
      let (token, text) = try await service.createToken("gate", scopes: [.verify, .enroll], at: now)
      await #expect(throws: DirectoryError.tokenExists("gate")) {
        try await service.createToken("gate", scopes: [.admin], at: now)
      }
      let (other, _) = try await DirectoryContract.service(open())
      let settings = try await other.store.settings()
      #expect(settings.alias == "example" && settings.passwordPolicy == policy && settings.tokens == [token])
      #expect(!"\(settings)".contains(text))
      try await other.generateCredentialReport(at: now)
      #expect(try await service.store.credentialReport()?.generatedAt == now)
      try await other.revokeToken("gate", at: now)
      #expect(try await service.store.settings().tokens.isEmpty)
    },
    Check("access keys and sessions outlive a rotation of the keys") { open in
      let (service, bench) = try await service(open()), name = try UserName("alice"), now = Bench.now
      let account = try await service.createUser(name, at: now)
      let (key, _) = try await service.createAccessKey(for: name, at: now)
      let (session, token) = try await service.startSession(for: account, with: nil, lasting: 900, at: now)
      _ = try await bench.verifier.rotateKeys(at: now)
      #expect(try await service.resealAccessKeys().isEmpty)
      let found = try await service.iamUser(named: name).record.accessKeys.first
      #expect(found?.id == key.id && found != key)
      // Once: a second run finds nothing to do.
      #expect(try await service.resealAccessKeys().isEmpty)
      #expect(try await service.iamUser(named: name).record.accessKeys.first == found)
      let read = try await service.credentials(in: token, accessKeyID: session.accessKeyID, at: now)
      #expect(read?.subject == .user(name, id: account.userID) && read?.mfaPresent == false)
      // An old key makes no sessions for ever.
      let later = now.advanced(by: TemporaryCredentials.longestDuration + 1)
      #expect(try await service.credentials(in: token, accessKeyID: session.accessKeyID, at: later) == nil)
      #expect(try await service.credentials(in: token, accessKeyID: "ASIA", at: now) == nil)
    },
  ]
}
