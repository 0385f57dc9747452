import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct HMACTests {
  struct File: Decodable { var vectors: [Vector] }
  struct Vector: Decodable, Sendable {
    var `case`: Int
    var keyHex, dataHex: String
    var sha1, sha256, sha512: String?
  }

  @Test(arguments: Vectors.load("rfc2202/hmac_sha1.json", as: File.self).vectors)
  func `RFC 2202`(vector: Vector) throws { try check(vector) }

  @Test(arguments: Vectors.load("rfc4231/hmac_sha2.json", as: File.self).vectors)
  func `RFC 4231`(vector: Vector) throws { try check(vector) }

  private func check(_ vector: Vector) throws {
    var checked = 0
    for (algorithm, expected) in [
      (HashAlgorithm.sha1, vector.sha1), (.sha256, vector.sha256), (.sha512, vector.sha512),
    ] {
      guard let expected else { continue }
      var mac = try HMAC(algorithm, key: SecretBytes(hex: vector.keyHex))
      // Twice, and with another message between: the context restarts under the same key.
      for _ in 0..<2 {
        let code = try mac.withAuthenticationCode(of: Array(hex: vector.dataHex).span) { $0.array }
        #expect(code.count == algorithm.byteCount)
        #expect(code.hex.hasPrefix(expected) && expected.count >= 32)
        try mac.withAuthenticationCode(of: [1, 2, 3].span) { #expect($0.count == algorithm.byteCount) }
      }
      checked += 1
    }
    #expect(checked > 0)
  }

  @Test func `an empty key is refused`() {
    #expect(throws: CryptoError.invalidLength(what: "an HMAC key", count: 0)) {
      _ = try HMAC(.sha1, key: SecretBytes(text: ""))
    }
  }
}
