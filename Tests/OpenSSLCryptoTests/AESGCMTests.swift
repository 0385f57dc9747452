import TestSupport
import Testing

@testable import OpenSSLCrypto

@Suite struct AESGCMTests {
  struct File: Decodable { var vectors: [Vector] }
  struct Vector: Decodable, Sendable {
    var keyHex, nonceHex, plaintextHex, associatedDataHex, ciphertextHex, tagHex: String
  }

  @Test(arguments: Vectors.load("gcm/aes256.json", as: File.self).vectors)
  func `test cases of the GCM specification`(vector: Vector) throws {
    let key = SecretBytes(hex: vector.keyHex)
    let box = try AESGCM.seal(
      Array(hex: vector.plaintextHex).span, key: key, nonce: Array(hex: vector.nonceHex),
      associatedData: Array(hex: vector.associatedDataHex).span)
    #expect(box.ciphertext.hex == vector.ciphertextHex)
    #expect(box.tag.hex == vector.tagHex)
    let opened = try AESGCM.open(box, key: key, associatedData: Array(hex: vector.associatedDataHex).span)
    #expect(opened.bytes().hex == vector.plaintextHex)
  }

  @Test func `a flipped bit anywhere, other data, another key: refused`() throws {
    let key = try SecretBytes.random(count: 32)
    let data = Array("serial".utf8)
    let box = try AESGCM.seal(Array("a seed of twenty byte".utf8).span, key: key, associatedData: data.span)
    func refused(_ box: AESGCM.SealedBox, _ data: [UInt8] = Array("serial".utf8)) {
      #expect(throws: CryptoError.authenticationFailed) {
        _ = try AESGCM.open(box, key: key, associatedData: data.span)
      }
    }
    for bit in 0..<8 {
      func flipped(_ bytes: [UInt8], _ index: Int) -> [UInt8] {
        var bytes = bytes
        bytes[index] ^= 1 << bit
        return bytes
      }
      refused(.init(nonce: flipped(box.nonce, 3), ciphertext: box.ciphertext, tag: box.tag))
      refused(.init(nonce: box.nonce, ciphertext: flipped(box.ciphertext, 20), tag: box.tag))
      refused(.init(nonce: box.nonce, ciphertext: box.ciphertext, tag: flipped(box.tag, 15)))
    }
    refused(box, Array("Serial".utf8))
    let other = try SecretBytes.random(count: 32)
    #expect(throws: CryptoError.authenticationFailed) {
      _ = try AESGCM.open(box, key: other, associatedData: data.span)
    }
    #expect(throws: CryptoError.invalidLength(what: "a tag", count: 4)) {
      _ = try AESGCM.open(
        .init(nonce: box.nonce, ciphertext: box.ciphertext, tag: Array(box.tag.prefix(4))), key: key,
        associatedData: data.span)
    }
    #expect(throws: CryptoError.invalidLength(what: "an AES-256 key", count: 16)) {
      _ = try AESGCM.seal(data.span, key: SecretBytes.random(count: 16), associatedData: data.span)
    }
  }

  @Test func `one opener opens box after box, and refuses one without harm to the next`() throws {
    let key = try SecretBytes.random(count: 32), data = Array("serial".utf8)
    let boxes = try (0..<3).map {
      try AESGCM.seal([UInt8](repeating: 7, count: 16 * $0).span, key: key, associatedData: data.span)
    }
    let opener = try AESGCM.Opener(key: key)
    for box in boxes + boxes {
      let opened = try opener.open(box, associatedData: data.span)
      #expect(opened.bytes() == [UInt8](repeating: 7, count: box.ciphertext.count))
      let again = try opener.open(combined: box.combined.span, associatedData: data.span)
      #expect(again.bytes() == opened.bytes())
      var broken = box.combined
      broken[broken.count - 1] ^= 1
      for wrong in [broken, Array(broken.prefix(27)), []] {
        do {
          _ = try opener.open(combined: wrong.span, associatedData: data.span)
          Issue.record("opened what is not authentic")
        } catch { #expect(error == .authenticationFailed) }
      }
    }
  }

  @Test func `every seal draws its own nonce`() throws {
    let key = try SecretBytes.random(count: 32)
    let plaintext: [UInt8] = [1]
    let nonces = try (0..<100).map { _ in
      try AESGCM.seal(plaintext.span, key: key, associatedData: plaintext.span).nonce
    }
    #expect(Set(nonces).count == 100)
  }
}
