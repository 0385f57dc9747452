internal import Foundation
internal import OpenSSLCrypto

/// A password as it is kept: scrypt (RFC 7914) in a PHC string, `$scrypt$ln=15,r=8,p=1$SALT$HASH`.
struct PasswordHash: Sendable {
  /// Binary logarithm of N, block size, parallelism.
  struct Cost: Sendable, Equatable {
    var ln: UInt64, r: UInt64, p: UInt64

    /// 32 MiB, and some 60 ms on a machine of these years.
    static let current = Cost(ln: 15, r: 8, p: 1)
  }

  let cost: Cost
  private let salt, hash: [UInt8]

  /// - Throws: `CryptoError`.
  init(hashing password: borrowing SecretBytes, cost: Cost = .current) throws(CryptoError) {
    self.cost = cost
    salt = try SecureRandom.bytes(count: 16)
    hash = try Self.derive(password, salt: salt, cost: cost)
  }

  /// nil for anything but such a string, or one of a cost that nobody should pay.
  init?(parsing text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let cost = Self.cost(parts[2]),
      let salt = Self.decode(parts[3]), let hash = Self.decode(parts[4]), hash.count == 32
    else { return nil }
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// The PHC string.
  var text: String {
    "$scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)$\(Self.encode(salt))$\(Self.encode(hash))"
  }

  /// Whether this is the password.
  func matches(_ password: borrowing SecretBytes) throws(CryptoError) -> Bool {
    let derived = try Self.derive(password, salt: salt, cost: cost)
    return ConstantTime.equal(derived.span, hash.span)
  }

  private static func derive(
    _ password: borrowing SecretBytes, salt: [UInt8], cost: Cost
  ) throws(CryptoError) -> [UInt8] {
    let cost = try Scrypt.Cost(n: 1 << cost.ln, r: cost.r, p: cost.p)
    let key = try Scrypt.deriveKey(from: password, salt: salt, cost: cost, count: 32)
    return key.withBytes { $0.array }
  }

  private static func cost(_ text: String) -> Cost? {
    let fields = text.split(separator: ",").map { $0.split(separator: "=").map(String.init) }
    guard fields.count == 3, fields.allSatisfy({ $0.count == 2 }), fields.map(\.[0]) == ["ln", "r", "p"] else {
      return nil
    }
    let numbers = fields.compactMap { UInt64($0[1]) }
    guard numbers.count == 3, (1...20).contains(numbers[0]) else { return nil }
    return Cost(ln: numbers[0], r: numbers[1], p: numbers[2])
  }

  // PHC strings have base64 without padding.
  private static func encode(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacingOccurrences(of: "=", with: "")
  }

  private static func decode(_ text: String) -> [UInt8]? {
    Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)).map { [UInt8]($0) }
  }
}
