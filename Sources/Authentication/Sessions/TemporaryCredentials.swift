public import Directory
internal import Foundation
public import OATH
public import OpenSSLCrypto
public import Verifier

/// Temporary credentials, as STS gives them out. A session token holds them, sealed, and nothing of them is stored: every
/// replica takes every token.
public struct TemporaryCredentials: Sendable {
  /// Whose credentials they are.
  public enum Subject: Sendable, Equatable {
    /// A user of the account, root included. The id tells this user from a later one of the same name.
    case user(UserName, id: String)
  }

  /// `ASIA` and 16 digits of base32.
  public let accessKeyID: String
  /// What requests are signed with.
  public let secret: SharedSecret
  /// Whose they are.
  public let subject: Subject
  /// When they were made.
  public let createdAt: UnixTime
  /// The first second in which they are void.
  public let expiresAt: UnixTime
  /// The device whose code was given; nil for a session without MFA.
  public let mfaDevice: Serial?

  /// `aws:MultiFactorAuthPresent`.
  public var mfaPresent: Bool { mfaDevice != nil }

  /// The longest time for which any credentials hold, in seconds.
  public static let longestDuration: Int64 = 129_600

  init(
    accessKeyID: String, secret: SharedSecret, subject: Subject, createdAt: UnixTime, expiresAt: UnixTime,
    mfaDevice: Serial?
  ) {
    self.accessKeyID = accessKeyID
    self.secret = secret
    self.subject = subject
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.mfaDevice = mfaDevice
  }
}

extension DirectoryService {
  /// Makes temporary credentials for a user.
  /// - Parameters:
  ///   - user: whose.
  ///   - device: the device whose code was accepted; nil for a session without MFA.
  ///   - seconds: how long they are good for.
  ///   - now: from when.
  /// - Returns: the credentials, and the session token that goes with them.
  public func startSession(
    for user: IAMUser, with device: Serial?, lasting seconds: Int64, at now: UnixTime
  ) async throws(DirectoryError) -> (TemporaryCredentials, token: String) {
    let (id, secret) = try Self.newKey("ASIA")
    let credentials = TemporaryCredentials(
      accessKeyID: id, secret: secret, subject: .user(user.user.name, id: user.userID), createdAt: now,
      expiresAt: now.advanced(by: seconds), mfaDevice: device)
    let token = try await mappingErrors { () throws(VerifierError) in
      try await verifier.withCurrentKeys { keys throws(VerifierError) in
        try SessionToken.seal(credentials, under: keys)
      }
    }
    return (credentials, token)
  }

  /// Opens a session token.
  /// - Returns: the credentials in it; nil for a token that was not made here, or for another access key id.
  public func credentials(
    in token: String, accessKeyID: String, at now: UnixTime
  ) async throws(VerifierError) -> TemporaryCredentials? {
    guard let token = SessionToken(parsing: token) else { return nil }
    // A token may come from anybody: an invented key id is no reason to ask for the master key.
    if !verifier.knowsKey(token.keyID) {
      guard try await store.keys().contains(where: { $0.id == token.keyID }) else { return nil }
    }
    do throws(VerifierError) {
      return try await verifier.withCurrentKeys { keys throws(VerifierError) in
        // A key that was replaced opens tokens no longer than a token can last.
        guard keys.isCurrent(token.keyID, at: now, within: TemporaryCredentials.longestDuration) else { return nil }
        return try token.open(accessKeyID: accessKeyID, with: keys)
      }
    } catch .corruptRecord { return nil } catch .unknownKey { return nil }
  }
}
