public import OATH
public import OpenSSLCrypto
public import QRCode
public import Verifier

/// From a seed to an enabled device: the seed is made and kept, shown once as URI and QR symbol, and the device is
/// enabled by two consecutive codes, or removed when the person gives up.
public struct Enrollment: Sendable {
  /// The longest URI that is written, in bytes: what a QR symbol of any level L version holds, with some room.
  public static let maximumURIByteCount = 2900

  private let verifier: Verifier

  /// Devices are kept by `verifier`.
  public init(verifier: Verifier) { self.verifier = verifier }

  /// Makes a device with a fresh seed: the only moment at which the seed is given out.
  /// - Parameter seedByteCount: 16 to 64; 20 is what RFC 4226 §4 R6 recommends.
  /// - Throws: ``VerifierError/unusableURI(_:)`` for an issuer or a user that no QR symbol has room for; then no device
  ///   is made.
  public func begin(
    _ request: DeviceRequest, seedByteCount: Int = 20, at now: UnixTime
  ) async throws(VerifierError) -> NewDevice {
    // Before anything is made of it.
    try DeviceRequest.check(issuer: request.issuer)
    let seed: SecretBytes
    do throws(CryptoError) { seed = try SecretBytes.random(count: seedByteCount) } catch { throw .crypto(error) }
    let handout = try Handout.make(seed: seed, request: request)
    let created = try await verifier.createDevice(request, seed: seed, at: now)
    return NewDevice(device: created.device, madeUser: created.madeUser, handout: handout)
  }

  /// The second half: enables the device, or tells that the pair was refused.
  public func complete(
    _ device: Device, with pair: CodePair, at now: UnixTime
  ) async throws(VerifierError) -> SyncVerdict {
    try await verifier.enable(.id(device.id), with: pair, at: now)
  }

  /// The person gave up: the device is removed, unless it has been enabled meanwhile, and so is the user who was made
  /// for it.
  public func abandon(_ new: NewDevice, at now: UnixTime) async throws(VerifierError) {
    try await verifier.withdraw(.id(new.device.id), andUser: new.madeUser, at: now)
  }
}

/// A device that was just made, and what its person needs; gone when this value is.
public struct NewDevice: Sendable {
  /// As it is kept.
  public let device: Device
  /// Whether the user was made with it.
  public let madeUser: Bool
  /// Secret, URI and symbol.
  public let handout: Handout
}

/// What is handed to the person, once; its secrets are wiped when the last holder lets go.
public final class Handout: Sendable {
  /// The seed in base32, without padding.
  public let secret: SecretBytes
  /// The otpauth URI.
  public let uri: SecretBytes
  /// The URI as a symbol.
  public let symbol: QRSymbol

  private init(secret: consuming SecretBytes, uri: consuming SecretBytes, symbol: QRSymbol) {
    self.secret = secret
    self.uri = uri
    self.symbol = symbol
  }

  /// The handout for a seed.
  static func make(seed: borrowing SecretBytes, request: DeviceRequest) throws(VerifierError) -> Handout {
    let uri: SecretBytes
    do throws(OATHError) {
      uri = try OTPAuthURI(
        secret: seed.copy(), label: OTPAuthLabel(issuer: request.issuer, account: request.label ?? request.user.text),
        factor: .totp(request.parameters)
      ).text()
    } catch { throw .oath(error) }
    guard uri.count <= Enrollment.maximumURIByteCount else {
      throw .unusableURI(
        "issuer and user make a URI of \(uri.count) bytes, and a QR code has room for "
          + "\(Enrollment.maximumURIByteCount): take a shorter issuer")
    }
    let symbol: QRSymbol
    do throws(QRCodeError) {
      symbol = try uri.withBytes { (text) throws(QRCodeError) in try QRSymbol(encoding: text) }
    } catch { throw .unusableURI("\(error)") }
    return Handout(secret: seed.withBytes { Base32.encode($0, padded: false) }, uri: uri, symbol: symbol)
  }

  /// The secret, for the one line that hands it out.
  public func secretText() -> String { String(decoding: secret.bytes, as: UTF8.self) }

  /// The URI, for the one line that hands it out.
  public func uriText() -> String { String(decoding: uri.bytes, as: UTF8.self) }

  /// The secret in groups of four, as a person types it.
  public func secretInGroups() -> String {
    let characters = secret.bytes
    return stride(from: 0, to: characters.count, by: 4).map { start in
      String(decoding: characters[start..<min(start + 4, characters.count)], as: UTF8.self)
    }.joined(separator: " ")
  }
}

extension SecretBytes {
  fileprivate var bytes: [UInt8] { withBytes { $0.array } }
}
