import OATH
import OpenSSLCrypto
import TestSupport
import Testing

@Suite struct CodeVectorTests {
  struct HOTPFile: Decodable {
    var keyHex: String
    var vectors: [HOTPVector]
  }
  struct HOTPVector: Decodable, Sendable {
    var counter: UInt64
    var d6, d7, d8: String
  }

  @Test func `RFC 4226 appendix D, in 6, 7 and 8 digits, one key set once`() throws {
    let file = Vectors.load("rfc4226/hotp.json", as: HOTPFile.self)
    let secret = SecretBytes(hex: file.keyHex)
    var six = try HOTP(secret: secret, digits: .six)
    var seven = try HOTP(secret: secret, digits: .seven)
    var eight = try HOTP(secret: secret, digits: .eight)
    #expect(file.vectors.count >= 20)
    for vector in file.vectors {
      #expect(try six.code(counter: vector.counter).digits == vector.d6)
      #expect(try seven.code(counter: vector.counter).digits == vector.d7)
      #expect(try eight.code(counter: vector.counter).digits == vector.d8)
    }
  }

  struct TOTPFile: Decodable { var vectors: [TOTPVector] }
  struct TOTPVector: Decodable, Sendable {
    var alg, keyHex, code: String
    var time, period: Int64
    var digits: Int
  }

  @Test(arguments: Vectors.load("rfc6238/totp.json", as: TOTPFile.self).vectors)
  func `RFC 6238 appendix B`(vector: TOTPVector) throws {
    let parameters = try TOTPParameters(
      algorithm: HashAlgorithm(named: vector.alg), digits: Digits(count: vector.digits), period: vector.period)
    var totp = try TOTP(secret: SecretBytes(hex: vector.keyHex), parameters: parameters)
    #expect(try totp.code(at: UnixTime(seconds: vector.time))?.digits == vector.code)
  }

  struct EdgeFile: Decodable {
    struct Edge: Decodable { var step: Int64, code: String }
    var keyHex: String
    var equalAdjacent, leadingZeros: [Edge]
    var allZero: Edge
  }

  @Test func `leading zeros, all zeros and equal neighbours`() throws {
    let file = Vectors.load("codes/edge_codes.json", as: EdgeFile.self)
    var totp = try TOTP(secret: SecretBytes(hex: file.keyHex))
    for edge in file.leadingZeros + [file.allZero] {
      #expect(try totp.code(step: edge.step)?.digits == edge.code)
    }
    for edge in file.equalAdjacent {
      #expect(try totp.code(step: edge.step)?.digits == edge.code)
      #expect(try totp.code(step: edge.step) == totp.code(step: edge.step + 1))
    }
  }
}
