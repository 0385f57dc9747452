public import OATH
public import OpenSSLCrypto
public import Verifier

extension DirectoryService {
  /// Gives a user an access key.
  /// - Returns: the key, and its secret, which is not given out again.
  /// - Throws: ``DirectoryError/quota(name:limit:)`` beyond two.
  public func createAccessKey(
    for user: UserName, at now: UnixTime
  ) async throws(DirectoryError) -> (key: AccessKey, secret: SharedSecret) {
    let (id, secret) = try Self.newKey("AKIA")
    let key = try await change(existing: user) { state, record, keys throws(DirectoryError) in
      guard record.accessKeys.count < AccessKey.limit else {
        throw .quota(name: "AccessKeysPerUser", limit: AccessKey.limit)
      }
      let sealed = try Self.sealed(secret, as: AccessKey.label(id: id, user: user), by: keys)
      let key = AccessKey(id: id, secret: sealed, isActive: true, createdAt: now)
      record.accessKeys.append(key)
      state.events.append(AuditEvent(.createAccessKey, at: now, reason: id, user: user))
      return key
    }
    return (key, secret)
  }

  /// Switches a key on or off.
  public func setAccessKey(
    _ id: String, of user: UserName, active: Bool, at now: UnixTime
  ) async throws(DirectoryError) {
    try await change(existing: user) { state, record, _ throws(DirectoryError) in
      let index = try record.index(ofAccessKey: id)
      record.accessKeys[index].isActive = active
      state.events.append(
        AuditEvent(.updateAccessKey, at: now, reason: "\(id) \(active ? "Active" : "Inactive")", user: user))
    }
  }

  /// Removes a key.
  public func deleteAccessKey(_ id: String, of user: UserName, at now: UnixTime) async throws(DirectoryError) {
    try await change(existing: user) { state, record, _ throws(DirectoryError) in
      let index = try record.index(ofAccessKey: id)
      record.accessKeys.remove(at: index)
      state.events.append(AuditEvent(.deleteAccessKey, at: now, reason: id, user: user))
    }
  }

  /// Notes that a key signed something, unless that was noted a quarter of an hour ago or less.
  public func noteUse(
    of key: AccessKey, by user: UserName, service: String, region: String, at now: UnixTime
  ) async throws(DirectoryError) {
    if let last = key.lastUse, last.service == service, now.seconds - last.time.seconds < 900 { return }
    try await change(user) { _, record, _ throws(DirectoryError) in
      if let index = record.accessKeys.firstIndex(where: { $0.id == key.id }) {
        record.accessKeys[index].lastUse = AccessKey.Use(time: now, service: service, region: region)
      }
    }
  }

  /// The secret of a key, to check a signature with.
  public func secret(of key: AccessKey, user: UserName) async throws(VerifierError) -> SharedSecret {
    let label = AccessKey.label(id: key.id, user: user)
    return try await verifier.withCurrentKeys { keys throws(VerifierError) in
      SharedSecret(try keys.open(key.secret, label: label))
    }
  }

  private static func sealed(
    _ secret: SharedSecret, as label: String, by keys: KeySet
  ) throws(DirectoryError) -> SealedSecret {
    do throws(VerifierError) { return try keys.seal(secret.bytes, label: label) } catch { throw .verifier(error) }
  }

  /// Seals the secrets of all access keys under the newest integrity key: to be done when keys were rotated. One that is
  /// cut off is carried on by the next one.
  /// - Returns: whose cannot be read: the old keys stay for them.
  public func resealAccessKeys() async throws(DirectoryError) -> [Unreadable] {
    var unreadable: [Unreadable] = []
    try await everyUser { page throws(DirectoryError) in
      unreadable += page.unreadable
      for iamUser in page.items where !iamUser.record.accessKeys.isEmpty {
        let name = iamUser.user.name
        do throws(DirectoryError) { try await resealAccessKeys(of: name) } catch {
          switch error {
          case .verifier(let error) where error.isOfOneRecord:
            unreadable.append(Self.unreadableAccessKey(of: name))
          default: throw error
          }
        }
      }
    }
    return unreadable
  }

  static func unreadableAccessKey(of user: UserName) -> Unreadable {
    Unreadable(name: user.text, error: .corruptRecord("an access key of \(user)"))
  }

  private func resealAccessKeys(of user: UserName) async throws(DirectoryError) {
    try await change(user) { _, record, keys throws(DirectoryError) in
      for index in record.accessKeys.indices where record.accessKeys[index].secret.keyID != keys.integrityKey.id {
        let key = record.accessKeys[index], label = AccessKey.label(id: key.id, user: user)
        do throws(VerifierError) {
          let secret = try keys.open(key.secret, label: label)
          record.accessKeys[index].secret = try keys.seal(secret, label: label)
        } catch { throw .verifier(error) }
      }
    }
  }

  package static func newKey(_ prefix: String) throws(DirectoryError) -> (id: String, secret: SharedSecret) {
    do throws(CryptoError) {
      return (try Identifiers.accessKeyID(prefix), SharedSecret(try Identifiers.secretAccessKey()))
    } catch { throw .verifier(.crypto(error)) }
  }
}

extension UserRecord {
  fileprivate func index(ofAccessKey id: String) throws(DirectoryError) -> Int {
    guard let index = accessKeys.firstIndex(where: { $0.id == id }) else { throw .noSuchAccessKey(id) }
    return index
  }
}

extension AccessKey {
  /// Binds a secret to its key and its user.
  fileprivate static func label(id: String, user: UserName) -> String { "vmfa access key 1\n\(id)\n\(user.text)" }
}
