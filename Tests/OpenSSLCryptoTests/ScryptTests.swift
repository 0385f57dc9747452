import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct ScryptTests {
  struct File: Decodable { var vectors: [Vector] }
  struct Vector: Decodable, Sendable {
    var passphrase, salt, keyHex: String
    var n, r, p: UInt64
  }

  @Test(arguments: Vectors.load("rfc7914/scrypt.json", as: File.self).vectors)
  func `RFC 7914`(vector: Vector) throws {
    let key = try Scrypt.deriveKey(
      from: SecretBytes(text: vector.passphrase), salt: Array(vector.salt.utf8),
      cost: Scrypt.Cost(n: vector.n, r: vector.r, p: vector.p), count: 64)
    #expect(key.bytes().hex == vector.keyHex)
  }

  @Test(
    arguments: [
      (0, 8, 1), (1, 8, 1), (3, 8, 1), (1 << 60, 8, 1), (1 << 15, 0, 1), (1 << 15, 8, 0), (1 << 19, 8, 1),
      (16, 1, 1 << 30), (1 << 63, UInt64.max, UInt64.max),
    ] as [(UInt64, UInt64, UInt64)])
  func `hostile costs are refused before anything runs`(n: UInt64, r: UInt64, p: UInt64) {
    #expect(throws: CryptoError.self) { _ = try Scrypt.Cost(n: n, r: r, p: p) }
  }
}
