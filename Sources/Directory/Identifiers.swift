internal import OATH
internal import OpenSSLCrypto
internal import Verifier

/// Ids of the kinds that AWS gives out.
enum Identifiers {
  private static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// `AKIA` (long-term keys) or `ASIA` (sessions), and 16 digits.
  static func accessKeyID(_ prefix: String) throws(CryptoError) -> String {
    prefix + text(try SecureRandom.bytes(count: 16))
  }

  /// `AIDA` and 17 digits.
  static func userID() throws(CryptoError) -> String { "AIDA" + text(try SecureRandom.bytes(count: 17)) }

  /// The id of a user who was made by another door than IAM: always the same for the same user.
  static func userID(of user: User, in account: AccountID) -> String {
    let seed = Array("vmfa user id\n\(account.text)\n\(user.createdAt.seconds)\n\(user.name.text)".utf8)
    // SHA-256 fails only where libcrypto itself does; then there is no id that means anybody.
    return "AIDA" + text(Array(((try? SHA256.hash(seed.span)) ?? []).prefix(17)))
  }

  /// 40 characters of base64: 30 random bytes.
  static func secretAccessKey() throws(CryptoError) -> SecretBytes {
    let random = try SecretBytes.random(count: 40)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return random.withBytes { random in
      SecretBytes(count: 40) { text in for index in random.indices { text[index] = alphabet[Int(random[index] & 63)] } }
    }
  }

  private static func text(_ random: [UInt8]) -> String {
    String(decoding: random.map { base32[Int($0 & 31)] }, as: UTF8.self)
  }
}
