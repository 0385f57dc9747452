public import OATH
public import OpenSSLCrypto

/// What prevents an answer. A wrong code is no error: see ``Verdict`` and ``SyncVerdict``. No case holds a code, a seed
/// or a key.
public enum VerifierError: Error, Equatable, Sendable {
  /// A user or device name that is not allowed, or a setting's text.
  case malformedName(String)
  /// A code with a number of digits that no device of the user has.
  case wrongCodeLength(expected: [Digits])
  /// A seed outside 16 to 64 bytes (RFC 4226 §4 R6).
  case seedLength(byteCount: Int)
  /// An imported device with a counter, a step or a drift that no device has.
  case unusableHistory(String)
  /// An issuer, or a URI, that no QR code carries.
  case unusableURI(String)
  /// A rule's value out of range.
  case invalidRule(String)
  /// No such user.
  case noSuchUser(UserName)
  /// No such device, under the id or serial that was given.
  case noSuchDevice(String)
  /// No audit row of the id that was given.
  case noSuchAuditRow(String)
  /// The device is not enabled, and what was asked for needs that.
  case notEnabled(Serial)
  /// The device is enabled already.
  case alreadyEnabled(Serial)
  /// The device is enabled, and so is not deleted.
  case stillEnabled(Serial)
  /// The user has no enabled device, and what was asked for stands in for one.
  case noActiveDevice(UserName)
  /// There is a user of this name.
  case userExists(UserName)
  /// The user has a device that is enabled, and so is not deleted.
  case userHasDevices(UserName)
  /// Another device has the serial.
  case serialTaken(Serial)
  /// The master key is missing, has another length, does not open what is stored, or can be read by others.
  case masterKey(reason: String, hint: String?)
  /// Something is sealed under a key that was made after the keys were last read.
  case unknownKey(String)
  /// The device is another user's.
  case notDevice(Serial, of: UserName)
  /// The user has MFA, and did not give it.
  case needsMFA(UserName)
  /// The user has as many devices as a user may have.
  case tooManyDevices(limit: Int)
  /// The request id was used with another code within the last minutes.
  case requestIDTaken
  /// Another rotation began meanwhile; it does what this one would have done.
  case rotationOvertaken
  /// A key is not removed while something is sealed under it.
  case keyInUse(String)
  /// Something stored does not read back; `what` names it.
  case corruptRecord(String)
  /// The store gave no answer.
  case store(StoreFailure)
  /// A value of OATH could not be made.
  case oath(OATHError)
  /// libcrypto gave no result.
  case crypto(CryptoError)
}

/// Why a store gave no answer. In every case but one nothing was changed.
public enum StoreFailure: Error, Equatable, Sendable {
  /// There is no database at the place that was named.
  case missing(place: String)
  /// It cannot be opened or reached, or another program keeps it locked.
  case unreachable(String)
  /// It can be read and not written.
  case readOnly(place: String)
  /// Reading or writing failed.
  case inputOutput(String)
  /// The connection was lost, or the disk failed, while a change was being kept: it was, as a whole, or it was not.
  case outcomeUnknown(String)
  /// What is there is not a database of ours, or is damaged.
  case corrupt(place: String, reason: String)
  /// A newer version of the program made it.
  case newerSchema(place: String)
}

extension VerifierError: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .malformedName(let reason), .unusableHistory(let reason), .unusableURI(let reason), .invalidRule(let reason):
      reason
    case .wrongCodeLength(let expected):
      "the code has the wrong number of digits: "
        + expected.map { String($0.rawValue) }.joined(separator: " or ") + " are expected"
    case .seedLength(let count): "a seed has 16 to 64 bytes (RFC 4226), not \(count)"
    case .noSuchUser(let name): "there is no user \(name)"
    case .noSuchDevice(let text): "there is no device \(text.printable)"
    case .noSuchAuditRow(let id): "there is no audit row \(id.printable)"
    case .notEnabled(let serial): "the device \(serial) is not enabled"
    case .alreadyEnabled(let serial): "the device \(serial) is already enabled"
    case .stillEnabled(let serial): "the device \(serial) is enabled"
    case .serialTaken(let serial): "there is a device \(serial) already"
    case .noActiveDevice(let name): "the user \(name) has no enabled device"
    case .userExists(let name): "there is a user \(name) already"
    case .userHasDevices(let name): "the user \(name) has an enabled device"
    case .masterKey(let reason, _): reason
    case .notDevice(let serial, let user): "the device \(serial) is not one of \(user)"
    case .needsMFA(let user): "\(user) has MFA, and this takes it"
    case .tooManyDevices(let limit): "a user has at most \(limit) enabled devices"
    case .requestIDTaken: "the request id came with another code before"
    case .rotationOvertaken: "another rotation of the keys has begun meanwhile"
    case .keyInUse(let id): "something is still sealed under the key \(id)"
    case .unknownKey(let id): "something is sealed under the key \(id), which is not there"
    case .corruptRecord(let what): "\(what) cannot be read back: the record is damaged, or sealed under another key"
    case .store(let failure): failure.description
    case .oath(let error): error.description
    case .crypto(let error): error.description
    }
  }
}

extension VerifierError {
  /// Whether it is one record that prevents the answer, and others may have theirs.
  package var isOfOneRecord: Bool {
    switch self {
    case .corruptRecord, .unknownKey: true
    default: false
    }
  }
}

extension StoreFailure: CustomStringConvertible {
  /// One line in lower case, fit to follow `vmfa: error: `.
  public var description: String {
    switch self {
    case .missing(let place): "there is no vmfa database at \(place)"
    case .unreachable(let reason): "the database cannot be reached: \(reason)"
    case .readOnly(let place): "the database \(place) cannot be written to; nothing was changed"
    case .inputOutput(let reason): "reading or writing the database failed: \(reason); nothing was changed"
    case .outcomeUnknown(let reason):
      "whether the change was kept is not known: \(reason)"
    case .corrupt(let place, let reason): "\(place) is not a sound vmfa database: \(reason)"
    case .newerSchema(let place): "the database \(place) was made by a newer vmfa; this one leaves it alone"
    }
  }
}

extension String {
  /// Without what would move the cursor or end the line, and not without end.
  fileprivate var printable: String {
    let shown = String(
      String.UnicodeScalarView(unicodeScalars.prefix(300).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    return shown.isEmpty ? "\"\"" : shown
  }
}
