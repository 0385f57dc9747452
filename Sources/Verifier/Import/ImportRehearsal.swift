public import OATH
internal import OpenSSLCrypto
internal import Synchronization

/// Says of each device of a file what importing the file would make of it, and changes nothing. It remembers what it has
/// met: a device that comes twice is a duplicate the second time, as it would be.
public final class ImportRehearsal: Sendable {
  /// What became, or would have become, of a device.
  public enum Forecast: Sendable {
    /// It would be there then.
    case added
    /// The user has a device with this seed, and these parameters or another moving factor, or would have it by then.
    case duplicate
  }

  private struct Identity: Hashable {
    var user: UserName
    /// A MAC under the seed, which need not be kept for being recognised.
    var seed: [UInt8]

    init(of foreign: ForeignDevice) throws(VerifierError) {
      do throws(CryptoError) {
        var mac = try HMAC(.sha256, key: foreign.seed.bytes)
        seed = try mac.withAuthenticationCode(of: Array(foreign.user.text.utf8).span) { $0.array }
      } catch { throw .crypto(error) }
      user = foreign.user
    }
  }

  private struct Met {
    /// The moving factor and parameters of each seed.
    var devices: [Identity: [(movingFactor: Device.MovingFactor, parameters: TOTPParameters)]] = [:]
    var serials: Set<Serial> = []
  }

  private let verifier: Verifier
  private let met = Mutex(Met())

  /// For one file, and the verifier that is to take it.
  public init(for verifier: Verifier) { self.verifier = verifier }

  /// What ``Verifier/importDevice(_:allowingShortSeeds:at:)`` would say, if all that was met before were there.
  /// - Throws: as that does.
  public func importDevice(
    _ foreign: ForeignDevice, allowingShortSeeds: Bool = false, at now: UnixTime
  ) async throws(VerifierError) -> Forecast {
    try foreign.check(allowingShortSeeds: allowingShortSeeds, at: now)
    let state = try await verifier.store.state(of: .user(foreign.user))
    let isThere = try await verifier.withCurrentKeys { keys throws(VerifierError) in
      for device in state.devices where try foreign.isSame(as: device, keys: keys) { return true }
      return false
    }
    if isThere { return .duplicate }
    let identity = try Identity(of: foreign)
    let name = if let given = foreign.name { given } else { try DeviceName.derived(from: foreign.user) }
    let likely = try Serial(account: state.account, path: foreign.path, name: name)
    // One that is not given is numbered where it is taken.
    let serial = foreign.name == nil ? nil : likely
    if let serial, try await !verifier.store.state(of: .owner(of: .serial(serial))).devices.isEmpty {
      throw .serialTaken(serial)
    }
    return try met.withLock { met throws(VerifierError) in
      let isMet = met.devices[identity, default: []].contains {
        foreign.sharesCodes(with: $0.movingFactor, $0.parameters)
      }
      if isMet { return .duplicate }
      if let serial, !met.serials.insert(serial).inserted { throw .serialTaken(serial) }
      met.devices[identity, default: []].append((foreign.movingFactor, foreign.parameters))
      return .added
    }
  }
}
