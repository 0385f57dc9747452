import OATH
import OpenSSLCrypto
import QRCode
import Testing
import Verifier

@testable import VMFACommands

/// The numbers are a promise: each kind of error with the status that vmfa(1) gives it.
@Suite struct ExitStatusTests {
  @Test func `statuses of errors`() throws {
    let serial = Serial(stored: "arn:aws:iam::123456789012:mfa/a")
    let expected: [(any Error, Int32)] = [
      (VerifierError.malformedName(""), 65), (VerifierError.wrongCodeLength(expected: [.six]), 65),
      (VerifierError.seedLength(byteCount: 1), 65), (VerifierError.unusableURI(""), 65),
      (VerifierError.invalidRule(""), 64), (VerifierError.noSuchUser(try UserName("a")), 66),
      (VerifierError.noSuchDevice("a"), 66), (VerifierError.notEnabled(serial), 66),
      (VerifierError.alreadyEnabled(serial), 73), (VerifierError.stillEnabled(serial), 73),
      (VerifierError.serialTaken(serial), 73), (VerifierError.masterKey(reason: "", hint: nil), 77),
      (VerifierError.corruptRecord(""), 65), (VerifierError.store(.missing(place: "")), 66),
      (VerifierError.store(.unreachable("")), 69), (VerifierError.store(.readOnly(place: "")), 74),
      (VerifierError.store(.inputOutput("")), 74), (VerifierError.store(.corrupt(place: "", reason: "")), 65),
      (VerifierError.store(.newerSchema(place: "")), 65), (VerifierError.crypto(.authenticationFailed), 74),
      (OATHError.malformedCode(""), 65), (OATHError.malformedURI(""), 65), (QRCodeError.library(""), 65),
      (CommandError(.locked, ""), 75),
    ]
    for (error, status) in expected { #expect(CommandError(error).status.rawValue == status, "\(error)") }
  }

  @Test func `what names no device is shown without what would move the cursor`() {
    let message = CommandError(VerifierError.noSuchDevice("a\u{1B}[2Jb\n")).message
    #expect(message == "there is no device a?[2Jb?")
  }
}
