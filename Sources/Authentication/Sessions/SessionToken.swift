internal import Foundation
internal import JSONText
internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// A session token: credentials sealed under an integrity key.
///
/// The text is base64 of a version byte, the id of the key, a zero byte, and the sealed content. Tokens of version 1 have
/// no version byte: they begin with the id, which is printable. They last 36 hours at most.
struct SessionToken {
  /// The form of the content.
  private enum Version {
    /// Six lines, in a fixed order.
    case lines
    /// A JSON object whose `type` says whose credentials they are.
    case object

    /// The byte before the key id.
    static let objectMark: UInt8 = 2

    func label(accessKeyID: String) -> String {
      switch self {
      case .lines: "vmfa session 1\n\(accessKeyID)"
      case .object: "vmfa session 2\n\(accessKeyID)"
      }
    }
  }

  /// The key that the content is sealed under.
  let keyID: String
  private let version: Version
  private let box: SealedBytes

  /// The longest token that is read, in bytes.
  private static let maximumByteCount = 4096

  /// Takes a token apart; nil for what has not the form of one.
  init?(parsing text: String) {
    guard text.utf8.count <= Self.maximumByteCount, let data = Data(base64Encoded: text) else { return nil }
    version = data.first == Version.objectMark ? .object : .lines
    let rest = version == .object ? data.dropFirst() : data
    guard let end = rest.firstIndex(of: 0) else { return nil }
    keyID = String(decoding: rest[..<end], as: UTF8.self)
    box = SealedBytes([UInt8](rest[(end + 1)...]))
  }

  /// The credentials in the token; nil where they are not of this access key, or of a form that is not known here.
  /// - Throws: ``VerifierError/corruptRecord(_:)`` for content that `keys` did not seal.
  func open(accessKeyID: String, with keys: KeySet) throws(VerifierError) -> TemporaryCredentials? {
    let sealed = SealedSecret(keyID: keyID, box: box)
    let content = try keys.open(sealed, label: version.label(accessKeyID: accessKeyID))
    switch version {
    case .lines: return TemporaryCredentials(lines: content, accessKeyID: accessKeyID)
    case .object: return TemporaryCredentials(object: content, accessKeyID: accessKeyID)
    }
  }

  /// The text of a token.
  static func seal(_ credentials: TemporaryCredentials, under keys: KeySet) throws(VerifierError) -> String {
    let label = Version.object.label(accessKeyID: credentials.accessKeyID)
    let sealed = try keys.seal(credentials.object(), label: label)
    return Data([Version.objectMark] + [UInt8](sealed.keyID.utf8) + [0] + sealed.box.bytes).base64EncodedString()
  }
}

// MARK: Version 2

extension TemporaryCredentials {
  fileprivate enum Member: String, CaseIterable {
    case type, user, userID = "user_id", secret, created, expires, mfaDevice = "mfa_device"
  }

  fileprivate func object() -> SecretBytes {
    let (type, user, id) =
      switch subject {
      case .user(let name, let id): ("user", name, id)
      }
    let names = Member.allCases.filter { $0 != .mfaDevice || mfaDevice != nil }.map(\.rawValue)
    var writer = JSONWriter()
    writer.object(names) { writer, name in
      switch Member(rawValue: name) {
      case .type: writer.string(type)
      case .user: writer.string(user.text)
      case .userID: writer.string(id)
      case .secret: secret.bytes.withBytes { writer.string($0) }
      case .created: writer.raw(String(createdAt.seconds))
      case .expires: writer.raw(String(expiresAt.seconds))
      case .mfaDevice: writer.string(mfaDevice?.text ?? "")
      case nil: break
      }
    }
    return writer.finish()
  }

  fileprivate init?(object content: consuming SecretBytes, accessKeyID: String) {
    guard let object = try? JSONValue(parsing: content), object[.type]?.string == "user",
      let user = object[.user]?.string.flatMap({ try? UserName($0) }), let id = object[.userID]?.string,
      let secret = object[.secret]?.secretString(), let created = object[.created]?.integer,
      let expires = object[.expires]?.integer
    else { return nil }
    self.init(
      accessKeyID: accessKeyID, secret: SharedSecret(secret), subject: .user(user, id: id),
      createdAt: .epoch.advanced(by: created), expiresAt: .epoch.advanced(by: expires),
      mfaDevice: object[.mfaDevice]?.string.map { Serial(stored: $0) })
  }
}

extension JSONValue {
  fileprivate subscript(_ member: TemporaryCredentials.Member) -> JSONValue? { self[member.rawValue] }
}

// MARK: Version 1

extension TemporaryCredentials {
  /// Reads six lines: secret, created, expires, user id, device, user.
  fileprivate init?(lines content: borrowing SecretBytes, accessKeyID: String) {
    let bytes = content.withBytes { $0.array }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 5, omittingEmptySubsequences: false)
    guard lines.count == 6 else { return nil }
    let words = lines.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    guard let created = Int64(words[0]), let expires = Int64(words[1]), let user = try? UserName(words[4]) else {
      return nil
    }
    let secret = Array(lines[0])
    self.init(
      accessKeyID: accessKeyID, secret: SharedSecret(SecretBytes(copying: secret.span)),
      subject: .user(user, id: words[2]), createdAt: .epoch.advanced(by: created),
      expiresAt: .epoch.advanced(by: expires), mfaDevice: words[3].isEmpty ? nil : Serial(stored: words[3]))
  }
}
