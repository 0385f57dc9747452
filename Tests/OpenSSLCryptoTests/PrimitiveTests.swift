import COpenSSL
import TestSupport
import Testing

@testable import OpenSSLCrypto

@Suite struct PrimitiveTests {
  @Test func `SHA-256 of the FIPS 180-4 examples`() throws {
    func hash(_ text: String) throws -> String { try SHA256.hash(Array(text.utf8).span).hex }
    #expect(
      try hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `comparison sees every byte and every length`() {
    func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool { ConstantTime.equal(a.span, b.span) }
    let a = [UInt8](0..<40)
    #expect(equal(a, a))
    for index in a.indices {
      var b = a
      b[index] ^= 0x80
      #expect(!equal(a, b))
    }
    #expect(!equal(a, Array(a.dropLast())))
    #expect(equal([], []))
    #expect(ConstantTime.equal(7, 7) && !ConstantTime.equal(7, 1 << 63 | 7))
  }

  @Test func `secrets copy, shorten and stay apart`() throws {
    let secret = try SecretBytes.random(count: 32)
    let again = secret.copy()
    #expect(secret.bytes() == again.bytes())
    #expect(secret.prefix(5).bytes() == Array(secret.bytes().prefix(5)))
    #expect(try SecretBytes.random(count: 32).bytes() != secret.bytes())
  }

  @Test func `numbers below a bound reach all of it and nothing else`() throws {
    let drawn = try (0..<600).map { _ in try SecureRandom.number(below: 6) }
    #expect(Set(drawn) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `the error queue is drained into the error`() throws {
    #expect(unsafe EVP_MAC_fetch(nil, "no such algorithm", nil) == nil)
    guard case .library("fetching", let reasons) = CryptoError.drainingQueue(after: "fetching") else {
      Issue.record("another error")
      return
    }
    #expect(reasons.count == 1 && reasons[0].contains("unsupported"))
    #expect(throws: CryptoError.authenticationFailed) {
      let box = AESGCM.SealedBox(
        nonce: Array(repeating: 0, count: 12), ciphertext: [1], tag: Array(repeating: 0, count: 16))
      let key = try SecretBytes.random(count: 32)
      _ = try AESGCM.open(box, key: key, associatedData: box.ciphertext.span)
    }
    let leftover = CryptoError.drainingQueue(after: "nothing")
    #expect(leftover == .library(operation: "nothing", reasons: []))
  }
}
