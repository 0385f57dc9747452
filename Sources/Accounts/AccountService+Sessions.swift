internal import Foundation
public import OATH
public import OpenSSLCrypto
public import Verifier

/// What a session token holds: nothing of it is kept anywhere else, so that every replica takes every token.
public struct SessionCredentials: Sendable {
  /// `ASIA` and 16 digits.
  public let accessKeyID: String
  /// What requests are signed with.
  public let secret: SharedSecret
  /// Whose they are; ``Account/userID`` tells this user from another of the same name.
  public let user: UserName
  /// At their making.
  public let userID: String
  /// From when on they are void.
  public let expiresAt: UnixTime
  /// When they were made.
  public let createdAt: UnixTime
  /// The device whose code was given, if one was.
  public let device: Serial?

  /// `aws:MultiFactorAuthPresent`.
  public var hasMFA: Bool { device != nil }
}

extension AccountService {
  /// Session credentials of a user.
  /// - Parameters:
  ///   - account: whose.
  ///   - device: the device whose code was accepted; nil for a session without MFA.
  ///   - seconds: how long they are good for.
  ///   - now: from when.
  /// - Returns: the credentials, and the token that goes with them.
  public func startSession(
    for account: Account, with device: Serial?, lasting seconds: Int64, at now: UnixTime
  ) async throws(AccountError) -> (SessionCredentials, token: String) {
    let (id, secret) = try Self.newKey("ASIA")
    let credentials = SessionCredentials(
      accessKeyID: id, secret: secret, user: account.user.name, userID: account.userID,
      expiresAt: now.advanced(by: seconds), createdAt: now, device: device)
    let content = credentials.content
    let token = try await asking { () throws(VerifierError) in
      try await verifier.withCurrentKeys { keys throws(VerifierError) in
        let sealed = try keys.seal(SecretBytes(copying: content.span), label: SessionCredentials.label(id: id))
        return Data([UInt8](sealed.keyID.utf8) + [0] + sealed.box.bytes).base64EncodedString()
      }
    }
    return (credentials, token)
  }

  /// Seconds.
  public static let longestSession: Int64 = 129_600

  /// The credentials that a token holds; nil for one that was not made here, or for another key id.
  public func session(
    _ token: String, accessKeyID: String, at now: UnixTime
  ) async throws(VerifierError) -> SessionCredentials? {
    guard token.utf8.count <= 4096, let data = Data(base64Encoded: token), let end = data.firstIndex(of: 0) else {
      return nil
    }
    let keyID = String(decoding: data[..<end], as: UTF8.self)
    let sealed = SealedSecret(keyID: keyID, box: SealedBytes([UInt8](data[(end + 1)...])))
    // A token may come from anybody: an invented key id is no reason to ask for the master key.
    if !verifier.knowsKey(keyID) {
      guard try await store.keys().contains(where: { $0.id == keyID }) else { return nil }
    }
    do throws(VerifierError) {
      return try await verifier.withCurrentKeys { keys throws(VerifierError) in
        // What an old key can still make is not to outlive the sessions that it has made.
        guard keys.isCurrent(keyID, at: now, within: Self.longestSession) else { return nil }
        let content = try keys.open(sealed, label: SessionCredentials.label(id: accessKeyID))
        return SessionCredentials(accessKeyID: accessKeyID, content: content)
      }
    } catch .corruptRecord { return nil } catch .unknownKey { return nil }
  }
}

extension SessionCredentials {
  fileprivate static func label(id: String) -> String { "vmfa session 1\n\(id)" }

  // Lines: the secret, created, expires, user id, device, user.
  fileprivate var content: [UInt8] {
    let rest = "\n\(createdAt.seconds)\n\(expiresAt.seconds)\n\(userID)\n\(device?.text ?? "")\n\(user.text)"
    return secret.bytes.withBytes { $0.array } + Array(rest.utf8)
  }

  fileprivate init?(accessKeyID: String, content: borrowing SecretBytes) {
    let bytes = content.withBytes { $0.array }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 5, omittingEmptySubsequences: false)
    guard lines.count == 6 else { return nil }
    let words = lines.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    guard let created = Int64(words[0]), let expires = Int64(words[1]), let user = try? UserName(words[4]) else {
      return nil
    }
    let secret = Array(lines[0])
    self.init(
      accessKeyID: accessKeyID, secret: SharedSecret(SecretBytes(copying: secret.span)), user: user, userID: words[2],
      expiresAt: .epoch.advanced(by: expires), createdAt: .epoch.advanced(by: created),
      device: words[3].isEmpty ? nil : Serial(stored: words[3]))
  }
}
