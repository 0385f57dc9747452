import Authentication
import Directory
import Foundation
import OATH
import OpenSSLCrypto
import StoreContract
import Testing
import Verifier

@Suite struct SessionTokenTests {
  @Test(arguments: [nil, "arn:aws:iam::123456789012:mfa/a/phone"])
  func `a token holds what was put into it`(device: String?) async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una"), now = Fixture.now
    let (made, token) = try await fixture.directory.startSession(
      for: una, with: device.map { Serial(stored: $0) }, lasting: 900, at: now)
    let read = try #require(
      try await fixture.directory.credentials(in: token, accessKeyID: made.accessKeyID, at: now))
    #expect(read.subject == .user(una.user.name, id: una.userID))
    #expect(read.createdAt == now && read.expiresAt == now.advanced(by: 900))
    #expect(read.mfaDevice?.text == device && read.mfaPresent == (device != nil))
    let isSame = made.secret.bytes.withBytes { a in read.secret.bytes.withBytes { b in ConstantTime.equal(a, b) } }
    #expect(isSame && made.accessKeyID.hasPrefix("ASIA") && made.accessKeyID.utf8.count == 20)
  }

  @Test func `a token of root's, and of a name with every kind of character`() async throws {
    let fixture = try await Fixture(), now = Fixture.now, odd = try UserName("élise \"+1\\")
    let users = [try await fixture.root(), try await fixture.directory.createUser(odd, at: now)]
    for user in users {
      let (made, token) = try await fixture.directory.startSession(for: user, with: nil, lasting: 900, at: now)
      let read = try await fixture.directory.credentials(in: token, accessKeyID: made.accessKeyID, at: now)
      #expect(read?.subject == .user(user.user.name, id: user.userID))
    }
  }

  @Test func `what was not made here, or is of another key, opens nothing`() async throws {
    let fixture = try await Fixture(), una = try await fixture.user("una"), now = Fixture.now
    let (made, token) = try await fixture.directory.startSession(for: una, with: nil, lasting: 900, at: now)
    let bytes = try #require(Data(base64Encoded: token))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let found = try await fixture.directory.credentials(
        in: changed.base64EncodedString(), accessKeyID: made.accessKeyID, at: now)
      #expect(found == nil, "byte \(index)")
    }
    for other in ["", "x", String(token.dropLast(4)), String(repeating: "A", count: 5000)] {
      #expect(try await fixture.directory.credentials(in: other, accessKeyID: made.accessKeyID, at: now) == nil)
    }
    #expect(try await fixture.directory.credentials(in: token, accessKeyID: "ASIAAAAAAAAAAAAAAAAA", at: now) == nil)
    let stranger = try await Fixture()
    #expect(try await stranger.directory.credentials(in: token, accessKeyID: made.accessKeyID, at: now) == nil)
  }
}
