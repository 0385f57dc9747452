internal import Foundation
public import Interchange
internal import JSONText
internal import OATH
internal import OpenSSLCrypto

/// One entry of a vault: as it stands in the file, and what could be read of it.
public struct VaultEntry: Sendable {
  /// A UUID; of an entry that has none, one made of its name and secret, which it does not tell, so that it is
  /// the same each time.
  public let id: String
  /// nil for an entry that cannot be read; it is kept as it is.
  public let account: OTPAccount?
  /// What is the matter with it.
  public let problem: String?
  let raw: JSONValue

  init(raw: JSONValue) {
    self.raw = raw
    do {
      account = try AegisEntry.account(raw)
      problem = nil
    } catch {
      account = nil
      problem = "\(error)"
    }
    id = raw["uuid"]?.string ?? account.flatMap { try? Self.derivedID($0) } ?? UUID().uuidString.lowercased()
  }

  private static func derivedID(_ account: OTPAccount) throws -> String {
    let factor = account.factor
    let parameters = "\(factor.typeName) \(factor.digits?.rawValue ?? 0) \(factor.period ?? 0)"
    let text = Array("vmfa entry\n\(account.label.title)\n\(parameters)".utf8)
    var mac = try HMAC(.sha256, key: account.secret)
    let code = try mac.withAuthenticationCode(of: text.span) { bytes in (0..<16).map { bytes[$0] } }
    return unsafe code.withUnsafeBytes { unsafe UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }.uuidString.lowercased()
  }

  /// A new entry.
  public init(_ account: OTPAccount) throws {
    self.init(raw: try AegisEntry.write(account, over: nil))
  }

  /// The entry with another account in it; note, icon, groups and what is not known stay.
  public func replacing(_ account: OTPAccount) throws -> VaultEntry {
    VaultEntry(raw: try AegisEntry.write(account, over: raw))
  }

  /// `ISSUER:ACCOUNT`, or whichever of the two there is.
  public var name: String {
    (account?.label ?? OTPAuthLabel(issuer: raw["issuer"]?.string, account: raw["name"]?.string ?? "")).title
  }
}

/// An entry as Aegis writes it.
enum AegisEntry {
  static func account(_ entry: JSONValue) throws -> OTPAccount {
    guard let info = entry["info"].map(EntryFields.init) else { throw EntryError("it has no info") }
    let factor: OTPAuthURI.Factor =
      switch entry["type"]?.string?.lowercased() {
      case "totp": try info.totp(algorithm: "algo", digits: "digits", period: "period")
      case "hotp": try info.hotp(algorithm: "algo", digits: "digits", counter: "counter")
      case "steam": try info.steam(algorithm: "algo", digits: "digits", period: "period")
      case let type: throw EntryError("its type \((type ?? "").prefix(12)) is not supported")
      }
    let label = OTPAuthLabel(issuer: entry["issuer"]?.string, account: entry["name"]?.string ?? "")
    return try OTPAccount(label: label, factor: factor, secret: info.base32("secret"))
  }

  static func write(_ account: OTPAccount, over old: JSONValue?) throws -> JSONValue {
    var writer = JSONWriter()
    let defaults = [("uuid", nil), ("note", "\"\""), ("favorite", "false"), ("icon", "null"), ("groups", "[]")]
      .filter { old?[$0.0] == nil }
    let names = ["type", "name", "issuer", "info"] + defaults.map(\.0)
    writer.object(keeping: old?.members ?? [], writing: names) { writer, name in
      switch name {
      case "type": writer.string(account.factor.typeName)
      case "name": writer.string(account.label.account)
      case "issuer": writer.string(account.label.issuer ?? "")
      case "info": writeInfo(account, over: old?["info"], to: &writer)
      case "uuid": writer.string(UUID().uuidString.lowercased())
      default: writer.raw((defaults.first { $0.0 == name }?.1).flatMap { $0 } ?? "null")
      }
    }
    return try JSONValue(parsing: writer.finish())
  }

  private static func writeInfo(_ account: OTPAccount, over old: JSONValue?, to writer: inout JSONWriter) {
    let moving = if case .hotp = account.factor { "counter" } else { "period" }
    let kept = (old?.members ?? []).filter { $0.key != (moving == "counter" ? "period" : "counter") }
    writer.object(keeping: kept, writing: ["secret", "algo", "digits", moving]) { writer, name in
      switch name {
      case "secret":
        let text = account.secret.withBytes { Base32.encode($0, padded: false) }
        text.withBytes { writer.string($0) }
      case "algo": writer.string(account.factor.algorithm.rawValue)
      case "digits": writer.raw(String(account.factor.digits?.rawValue ?? 5))
      case "counter":
        if case .hotp(_, _, let counter) = account.factor { writer.raw(String(counter)) }
      default: writer.raw(String(account.factor.period ?? 30))
      }
    }
  }
}
