public import OATH
public import OpenSSLCrypto

/// A device with its seed, on its way to another database.
public struct ExportedDevice: Sendable {
  /// As it is kept.
  public let device: Device
  /// Its seed.
  public let seed: SharedSecret

  fileprivate init(_ device: Device, opening keys: KeySet) throws(VerifierError) {
    self.device = device
    seed = SharedSecret(try keys.openSeed(of: device))
  }
}

extension Verifier {
  /// Writes the audit row of an export, before the first seed is opened.
  public func recordExport(at now: UnixTime) async throws(VerifierError) {
    let record = try record(AuditEvent(.exportDevices, at: now), keys: keys.current)
    try await store.append([record])
  }

  /// Devices with their seeds, by serial. For exports alone: no other way leads to a seed.
  public func exportDevices(after serial: String?, limit: Int) async throws(VerifierError) -> Listing<ExportedDevice> {
    let page = try await store.devices(DeviceQuery(after: serial, limit: limit))
    var exported: [ExportedDevice] = [], unreadable = page.unreadable
    for device in page.items {
      do throws(VerifierError) { exported.append(try await opened(device)) } catch {
        switch error {
        case .corruptRecord, .unknownKey: unreadable.append(Unreadable(name: device.serial.text, error: error))
        case .noSuchDevice: continue
        default: throw error
        }
      }
    }
    return Listing(items: exported, unreadable: unreadable, next: page.next)
  }

  /// A device of a list, with its seed. Where another replica has rotated the keys since it was listed, it is read again.
  /// - Throws: ``VerifierError/corruptRecord(_:)`` and ``VerifierError/unknownKey(_:)`` for one that cannot be read;
  ///   ``VerifierError/noSuchDevice(_:)`` for one that was deleted meanwhile; and what prevents an answer.
  func opened(_ listed: Device) async throws(VerifierError) -> ExportedDevice {
    do throws(VerifierError) { return try ExportedDevice(listed, opening: keys.current) } catch .unknownKey {
      try await keys.reload(from: store)
      return try ExportedDevice(try await device(.id(listed.id)), opening: keys.current)
    }
  }
}
